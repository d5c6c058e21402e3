"""`auth_keys`: what it prints and refuses; what it does to keys is proven in tests/flows/test_key_rotation.py."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from nhost_auth.flows import keys
from nhost_auth.infra.crypto import decrypt
from nhost_auth.models import AuditEvent, SigningKey

pytestmark = pytest.mark.django_db(transaction=True)
HS = {"type": "HS256", "key": "pinned-" + "k" * 32}


@pytest.fixture(autouse=True)
def database_keys(settings: Any) -> Iterator[None]:
    settings.HASURA_GRAPHQL_JWT_SECRET, settings.AUTH_SIGNING_ALGORITHM = None, "ES256"
    keys.forget()
    yield
    keys.forget()


def run(*arguments: str) -> str:
    printed = io.StringIO()
    call_command("auth_keys", *arguments, stdout=printed, stderr=printed)
    return printed.getvalue()


def rows() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(run("list", "--json"))
    return found


def test_list_tells_every_key_s_state_and_no_secret() -> None:
    old = SigningKey.objects.generate("ES256")
    run("rotate", "--algorithm", "EdDSA")
    assert [(row["state"], row["algorithm"]) for row in rows()] == [("next", "EdDSA"), ("active", "ES256")]
    table = run("list")
    assert [line.split()[0] for line in table.splitlines()] == ["state", "next", "active"]
    assert old.kid in table
    assert decrypt(old.encrypted_key) not in table + run("list", "--json")
    assert "PRIVATE" not in table


def test_rotate_takes_the_settings_where_nothing_is_said(settings: Any) -> None:
    settings.AUTH_SIGNING_KEY_PUBLISH_AHEAD = 0
    SigningKey.objects.generate("EdDSA")
    assert "is published and signs from" in run("rotate")
    assert [(row["state"], row["algorithm"]) for row in rows()] == [("active", "ES256"), ("retiring", "EdDSA")]


def test_retire_and_prune() -> None:
    old = SigningKey.objects.generate("ES256")
    run("rotate", "--publish-ahead", "0")
    assert "retired" in run("retire", old.kid)
    assert [row["state"] for row in rows()] == ["active", "retired"]
    assert run("prune") == "1 retired keys deleted.\n"
    assert [row["state"] for row in rows()] == ["active"]


def test_adopted_key_without_a_name_is_called_by_its_id(settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = HS
    assert "Take HASURA_GRAPHQL_JWT_SECRET out" in run("adopt")
    assert "it signs and verifies, these keys do not" in run("list")
    settings.HASURA_GRAPHQL_JWT_SECRET = None
    key = SigningKey.objects.get()
    run("rotate", "--publish-ahead", "0")
    run("retire", str(key.pk))
    assert [row["state"] for row in rows()] == ["active", "retired"]


@pytest.mark.parametrize("kid", ["nobody's", "00000000-0000-4000-8000-000000000000"])
def test_unknown_key_is_told(kid: str) -> None:
    with pytest.raises(CommandError, match="There is no key"):
        run("retire", kid)


def test_signing_key_stays_and_the_way_out_is_told() -> None:
    key = SigningKey.objects.generate("ES256")
    with pytest.raises(CommandError, match="rotate --publish-ahead 0"):
        run("retire", key.kid)


def test_pinned_secret_is_told(settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = HS
    with pytest.raises(CommandError, match="auth_keys adopt"):
        run("rotate")


def test_secret_that_cannot_be_used_is_told_without_quoting_it(settings: Any) -> None:
    settings.HASURA_GRAPHQL_JWT_SECRET = {"type": "RS256", "key": "hunter2", "signing_key": "hunter3"}
    with pytest.raises(CommandError, match="signing_key is not a private key") as caught:
        run("adopt")
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize(
    "arguments",
    [
        ("rotate", "--algorithm", "none"),
        *(("rotate", "--publish-ahead", text) for text in ("-1", "2592001", "99999999999999999")),
        ("destroy",),
        (),
    ],
    ids=str,
)
def test_wrong_arguments_change_nothing(arguments: tuple[str, ...]) -> None:
    SigningKey.objects.generate("ES256")
    with pytest.raises(CommandError):
        run(*arguments)
    assert SigningKey.objects.count() == 1


def test_changes_are_in_the_audit_trail_by_the_command() -> None:
    old = SigningKey.objects.generate("ES256")
    run("rotate", "--publish-ahead", "60")
    run("rotate", "--publish-ahead", "0")
    run("retire", old.kid)
    run("prune")
    run("prune")
    events = AuditEvent.objects.order_by("number")
    assert [event.event for event in events] == [
        "signing_key_rotated",
        "signing_key_brought_forward",
        "signing_key_retired",
        "signing_keys_pruned",
    ]
    assert {event.actor for event in events} == {"command auth_keys"}
    assert events[2].data == {"key": f"ES256 {old.kid}"}
