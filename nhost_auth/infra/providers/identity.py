"""Who somebody is at a provider, and what the provider lets us do for them: all that is kept of its answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

MAX_USER_ID = 255
MAX_EMAIL = 254
MAX_TEXT = 1000


class ProviderFault(Exception):
    """A step at the provider that failed; the message quotes nothing of what was exchanged."""


class CannotExchange(ProviderFault):
    """The provider gave no tokens for a code."""


class NoProfile(ProviderFault):
    """The provider does not say who it is, or not in a form that can be used."""


class CannotBegin(ProviderFault):
    """The provider's sign-in page is not known: discovery or a request token failed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person at a provider. `link` names the provider in the table of links, `user_id` the person there.

    `email_verified` is true only where the provider said so itself, as a boolean (identity.md 4.5).
    """

    link: str
    user_id: str
    email: str = ""
    email_verified: bool = False
    name: str = ""
    picture: str = ""
    links_by_email: bool = True

    def __post_init__(self) -> None:
        if not self.user_id or len(self.user_id) > MAX_USER_ID:
            raise NoProfile("no usable user id")
        # It becomes a header of our mails: no blank, line end or second sign may be in it.
        if self.email and (
            len(self.email) > MAX_EMAIL or not re.fullmatch(r"[^\s\x00-\x1f@]+@[^\s\x00-\x1f@]+", self.email)
        ):
            raise NoProfile("no usable address")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider lets us do in somebody's name; `expires_in` seconds, 0 where it does not say."""

    access_token: str
    expires_in: int = 0
    refresh_token: str = ""


def text(value: Any) -> str:
    """A member of a profile as text that can be stored: numbers are written out, anything else is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return ""
    storable = "".join(char for char in value if char != "\0" and not "\ud800" <= char <= "\udfff")
    return storable[:MAX_TEXT].strip()


def exact(user_id: Any) -> str:
    """An id as it is: two that differ in what `text` leaves out are two people. Raises NoProfile."""
    if isinstance(user_id, str) and user_id != text(user_id):
        raise NoProfile("an id that could be stored only as another one")
    return text(user_id)


def member(value: Any, *path: str | int) -> Any:
    """What stands at a path of objects and lists; None where there is no such thing."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and len(value) > step:
            value = value[step]
        else:
            return None
    return value
