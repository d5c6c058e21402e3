"""Points in time and stretches of it as operators type them."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def moment(text: str) -> datetime:
    """A date, or a date and time, in ISO 8601; in TIME_ZONE where it names no zone. Raises ArgumentTypeError."""
    try:
        day = parse_date(text)
        found = datetime.combine(day, time()) if day else parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise ArgumentTypeError(f"{text} is no date or time in ISO 8601")
    try:
        aware = (found if timezone.is_aware(found) else timezone.make_aware(found)).astimezone(UTC)
        return aware if settings.USE_TZ else timezone.make_naive(aware)
    except OverflowError:
        raise ArgumentTypeError(f"{text} is no date any more in UTC or TIME_ZONE") from None


def from_now(text: str) -> datetime:
    """The end of a stretch of weeks, days, hours, minutes, seconds such as `1d12h`. Raises ArgumentTypeError."""
    parts = re.findall(r"([0-9]{1,9})([wdhms])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ArgumentTypeError(f"{text} is no time such as 90d or 1d12h")
    try:
        return timezone.now() + sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), timedelta())
    except OverflowError:
        raise ArgumentTypeError(f"{text} from now is no date any more") from None
