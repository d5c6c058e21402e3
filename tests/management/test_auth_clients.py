"""The `auth_clients` command: what it prints, makes and refuses."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from nhost_auth.management.commands import auth_clients
from nhost_auth.models import AuditEvent, OAuth2Client
from nhost_auth.models.oauth2_clients import SCOPES

pytestmark = pytest.mark.django_db(transaction=True)
BACK = ("--redirect-uri", "https://shop.example/back")


def run(*arguments: str) -> tuple[str, str]:
    """Standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    call_command("auth_clients", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def created(*arguments: str) -> dict[str, str]:
    out, err = run("create", *arguments)
    assert err == ""
    return dict(line.split("=", 1) for line in out.splitlines())


def test_application_is_registered_and_its_secret_printed_this_once() -> None:
    made = created("--name", "Shop", *BACK, "--redirect-uri", "com.shop.app:/back", *BACK)
    client = OAuth2Client.objects.get()
    assert made["client_id"] == client.pk
    assert client.has_secret(made["client_secret"])
    assert (client.name, client.kind, client.scopes) == ("Shop", "registered", list(SCOPES))
    assert client.redirect_uris == ["https://shop.example/back", "com.shop.app:/back"]
    assert made["client_secret"] not in str([*AuditEvent.objects.values(), *OAuth2Client.objects.values(), run("list")])


def test_public_application_has_no_secret() -> None:
    assert list(created(*BACK, "--public")) == ["client_id"]
    assert OAuth2Client.objects.get().is_public


def test_scopes_and_lifetimes_are_its_own() -> None:
    scopes = ("--scope", "openid", "--scope", "graphql:role:editor", "--scope", "openid")
    created(*BACK, *scopes, "--access-token-lifetime", "60", "--refresh-token-lifetime", "3600")
    client = OAuth2Client.objects.get()
    assert client.scopes == ["openid", "graphql:role:editor"]
    assert (client.access_token_lifetime, client.refresh_token_lifetime) == (60, 3600)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("create",),
        ("create", "--redirect-uri", "http://shop.example/back"),
        ("create", "--redirect-uri", "https://shop.example/#"),
        ("create", *BACK, "--scope", "everything"),
        ("create", *BACK, "--scope", "graphql:role:"),
        ("create", *BACK, "--access-token-lifetime", "0"),
        ("create", *BACK, "--access-token-lifetime", "soon"),
        ("create", *BACK, "--refresh-token-lifetime", "99999999999"),
        ("create", *BACK, "--name", "n" * 201),
        ("renew-secret", "nhoa_0000000000000000"),
        ("delete", "nhoa_0000000000000000", "--noinput"),
    ],
    ids=str,
)
def test_wrong_arguments_make_nothing(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
    assert not OAuth2Client.objects.exists()


def test_fault_of_a_redirect_uri_is_told() -> None:
    with pytest.raises(CommandError, match="It must not have a fragment"):
        run("create", "--redirect-uri", "https://shop.example/#")


def test_list_tells_all_but_secrets() -> None:
    shop, app = created("--name", "Shop", *BACK), created("--name", "App", *BACK, "--public", "--scope", "openid")
    rows = json.loads(run("list", "--json")[0])
    assert [(row["client id"], row["name"], row["type"]) for row in rows] == [
        (app["client_id"], "App", "public"),
        (shop["client_id"], "Shop", "confidential"),
    ]
    assert (rows[0]["scopes"], rows[0]["redirect URIs"]) == ("openid", "https://shop.example/back")
    table = run("list")[0]
    assert [line.split()[0] for line in table.splitlines()] == ["client", app["client_id"], shop["client_id"]]
    hashed = OAuth2Client.objects.get(name="Shop").secret_hash
    assert hashed not in table + run("list", "--json")[0]


def test_secret_is_renewed() -> None:
    made = created(*BACK)
    out, err = run("renew-secret", made["client_id"])
    client = OAuth2Client.objects.get()
    assert client.has_secret(out.removesuffix("\n"))
    assert not client.has_secret(made["client_secret"])
    assert out.strip() not in err


def test_public_application_gets_no_secret() -> None:
    made = created(*BACK, "--public")
    with pytest.raises(CommandError, match="has no secret"):
        run("renew-secret", made["client_id"])
    assert OAuth2Client.objects.get().is_public


@pytest.mark.parametrize(("typed", "stays"), [("", True), ("yes", True), (None, False)])
def test_deleting_asks_for_the_id(monkeypatch: pytest.MonkeyPatch, typed: Any, stays: bool) -> None:
    made = created("--name", "Shop", *BACK)
    asked: list[str] = []
    answer = made["client_id"] if typed is None else typed
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or answer)
    if stays:
        with pytest.raises(CommandError, match="Nothing was changed"):
            run("delete", made["client_id"])
    else:
        assert made["client_id"] in run("delete", made["client_id"])[0]
    assert "Shop loses all that 0 accounts have allowed it" in asked[0]
    assert OAuth2Client.objects.exists() == stays


def test_changes_are_in_the_audit_trail_by_the_command() -> None:
    made = created("--name", "Shop", *BACK)
    run("renew-secret", made["client_id"])
    run("delete", made["client_id"], "--noinput")
    events = AuditEvent.objects.order_by("number")
    assert [event.event for event in events] == [
        "oauth2_client_created",
        "oauth2_client_secret_renewed",
        "oauth2_client_deleted",
    ]
    assert {event.actor for event in events} == {f"command {auth_clients.__name__.rpartition('.')[2]}"}
    assert {event.data["client_id"] for event in events} == {made["client_id"]}
