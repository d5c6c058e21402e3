"""Hasura's GraphQL API: what it knows of a user, for custom claims (configuration.md 3.1)."""

from __future__ import annotations

import json
from typing import Any, TypeAlias
from uuid import UUID

from nhost_auth.conf import conf
from nhost_auth.infra import outbound

Selection: TypeAlias = dict[str, "Selection"]
"""Fields to ask for, each with the fields below it; a scalar or a JSON column has none."""


class HasuraError(Exception):
    """Hasura does not tell. The message quotes nothing of what it answered."""


def fetch_user(account_id: UUID, selection: Selection) -> dict[str, Any]:
    """The selected fields of a user, asked for in one query with the admin secret.

    Raises HasuraError for an answer that is none and OutboundError when none comes.
    """
    answer = outbound.post(
        conf.HASURA_GRAPHQL_GRAPHQL_URL,
        trusted=True,
        data=json.dumps({"query": query(selection), "variables": {"id": str(account_id)}}).encode(),
        headers={
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-Hasura-Admin-Secret": conf.HASURA_GRAPHQL_ADMIN_SECRET,
        },
    )
    if answer.status != 200:
        raise HasuraError(f"status {answer.status}")
    return _user(answer.text)


def query(selection: Selection) -> str:
    return f"query($id: uuid!) {{ user(id: $id) {_fields(selection)} }}"


def _fields(selection: Selection) -> str:
    fields = (f"{name} {_fields(below)}" if below else name for name, below in sorted(selection.items()))
    return f"{{ {' '.join(fields)} }}"


def _user(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise HasuraError("no JSON") from None
    match body:
        case {"errors": [_, *_]}:
            raise HasuraError("the query was refused")
        case {"data": {"user": dict(user)}}:
            return user
    raise HasuraError("no such user")
