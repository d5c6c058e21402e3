"""Custom claims of access tokens: what the project wants to stand in them beside Nhost's own (accounts.md 2.4).

They come from where AUTH_JWT_CUSTOM_CLAIMS_SOURCE says: `django` follows the paths of AUTH_JWT_CUSTOM_CLAIMS over the
models, `graphql` asks Hasura along them, and a callable of the host gives names and values itself.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.module_loading import import_string

from nhost_auth.conf import conf
from nhost_auth.flows import claim_relations
from nhost_auth.flows.claim_paths import UnreadablePath, parse, read_json, select
from nhost_auth.infra import hasura
from nhost_auth.infra.claim_values import plain as as_json
from nhost_auth.infra.claim_values import render
from nhost_auth.infra.hasura import HasuraError
from nhost_auth.infra.outbound import OutboundError
from nhost_auth.models import Account

PREFIX = "x-hasura-"
RESERVED = frozenset(
    PREFIX + name for name in ("allowed-roles", "default-role", "user-id", "user-is-anonymous", "auth-elevated")
)
PATH_SOURCES = ("django", "graphql", "")
"""Sources that follow AUTH_JWT_CUSTOM_CLAIMS, and so give nothing where that is empty. Empty is the default, django."""

logger = logging.getLogger("nhost_auth.custom_claims")


def custom_claims(account: Account, *, plain: bool = False) -> dict[str, Any]:
    """The claims to add to a token of the account: full names to texts, without any of Nhost's own.

    `plain` values are as JSON has them.

    Raises nothing: where they cannot be found out the token goes without, defaults included (configuration.md 3.1).
    """
    try:
        with _savepoint():
            found = _find(account)
        defaults = conf.AUTH_JWT_CUSTOM_CLAIMS_DEFAULTS or {}
        written = as_json if plain else render
        claims = {
            _full_name(name): written(defaults.get(name) if value is None else value) for name, value in found.items()
        }
        return {name: text for name, text in claims.items() if name.lower() not in RESERVED}
    except Exception as error:
        logger.error("Account %s gets no custom claims: %s", account.pk, _reason(error))
        return {}


def faults() -> Iterator[str]:
    """What is wrong with the settings of custom claims, for the system checks."""
    source = conf.AUTH_JWT_CUSTOM_CLAIMS_SOURCE
    if source not in PATH_SOURCES:
        yield from _source_faults(source)
        return
    claims = conf.AUTH_JWT_CUSTOM_CLAIMS or {}
    if claims and source == "graphql" and not conf.HASURA_GRAPHQL_GRAPHQL_URL:
        yield "AUTH_JWT_CUSTOM_CLAIMS_SOURCE is graphql, but HASURA_GRAPHQL_GRAPHQL_URL is not set"
    for name, text in claims.items():
        try:
            path = parse(text)
            if source == "graphql":
                select([path])
            else:
                claim_relations.bind(path, get_user_model())
        except UnreadablePath as error:
            yield f"The claim {name} of AUTH_JWT_CUSTOM_CLAIMS has an unreadable path: {error}"


def _source_faults(source: str) -> Iterator[str]:
    try:
        found = import_string(source)
    except ImportError:
        yield f"AUTH_JWT_CUSTOM_CLAIMS_SOURCE {source!r} is neither django nor graphql and cannot be imported"
        return
    if not callable(found):
        yield f"AUTH_JWT_CUSTOM_CLAIMS_SOURCE {source!r} cannot be called"


def _find(account: Account) -> Mapping[str, Any]:
    """The values by the names of the settings, None for nothing."""
    source = conf.AUTH_JWT_CUSTOM_CLAIMS_SOURCE
    if source not in PATH_SOURCES:
        expected = dict.fromkeys(conf.AUTH_JWT_CUSTOM_CLAIMS_DEFAULTS or {})
        return {**expected, **import_string(source)(account)}
    paths = {name: parse(text) for name, text in (conf.AUTH_JWT_CUSTOM_CLAIMS or {}).items()}
    if not paths:
        return {}
    if source != "graphql":
        return claim_relations.find(account, paths)
    user = hasura.fetch_user(account.pk, select(paths.values()))
    return {name: path.find(user, read_json) for name, path in paths.items()}


def _full_name(name: str) -> str:
    return name if name.lower().startswith(PREFIX) else PREFIX + name.lower()


def _savepoint() -> AbstractContextManager[Any]:
    """Inside a transaction a query that fails must not take what else stands in it along."""
    return transaction.atomic() if transaction.get_connection().in_atomic_block else nullcontext()


def _reason(error: Exception) -> str:
    """What happened, without a message of somebody else's: that may quote values."""
    if isinstance(error, UnreadablePath | HasuraError | OutboundError):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {place.name}, line {place.lineno} of {place.filename}"
