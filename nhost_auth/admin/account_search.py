"""Finding accounts by what operators are given. What a text looks like decides where to look, always by an index."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import Q, QuerySet

from nhost_auth.models import provider_links
from nhost_auth.models.accounts import normalize_email

PHONE = re.compile(r"\+[0-9 ()/.-]+")
OWNERS = 100
HIGHEST = "\U0010ffff"


def matching(text: str, using: str, prefix: str = "") -> Q:
    """The accounts that a text is about. `prefix` leads to the account from the model that is asked."""
    text = text.strip()
    if (account_id := as_uuid(text)) is not None:
        return Q(**{f"{prefix}pk": account_id})
    if PHONE.fullmatch(text):
        return _starting(f"{prefix}phone_number", text, using)
    by_email = _starting(f"{prefix}email_normalized", normalize_email(text), using)
    if "@" in text:
        return by_email
    # Asked beforehand: a database that joins for an OR reads the whole table.
    owners = _owners(text)
    return by_email | Q(**{f"{prefix}user_id__in": owners}) if owners else by_email


def as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def narrowed(queryset: QuerySet[Any], text: str, prefix: str = "") -> QuerySet[Any]:
    """The rows of a list that a search leaves."""
    return queryset.filter(matching(text, queryset.db, prefix)) if text.strip() else queryset


def _starting(column: str, text: str, using: str) -> Q:
    """A beginning, in the words for which each database uses its index."""
    vendor = connections[using].vendor
    if vendor == "sqlite":
        return Q(**{f"{column}__gte": text, f"{column}__lt": text + HIGHEST})
    return Q(**{f"{column}__{'istartswith' if vendor == 'mysql' else 'startswith'}": text})


def _owners(uid: str) -> list[Any]:
    """The users whom providers know by this id."""
    if not apps.is_installed("social_django"):
        return []
    return list(provider_links.rows().filter(uid=uid).values_list("user_id", flat=True)[:OWNERS])
