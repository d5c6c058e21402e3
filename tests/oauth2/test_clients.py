"""Applications prove who they are wherever they bring or take a token (RFC 6749 2.3, RFC 7009, RFC 7662)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from nhost_auth.models import OAuth2RefreshToken
from tests.conftest import Api, Reply
from tests.oauth2.application import AUTHORIZE, INTROSPECT, REVOKE, TOKEN, Application, basic, form

REFUSED = (401, "invalid_client")
PATHS = [TOKEN, REVOKE, INTROSPECT]
Proof = Callable[[Application], tuple[dict[str, Any], dict[str, str]]]
"""What an application sends in its form, and in its headers."""

GOOD: dict[str, Proof] = {
    "post": lambda bank: ({"client_id": bank.row.pk, "client_secret": bank.secret}, {}),
    "basic": lambda bank: ({}, basic(bank.row.pk, bank.secret)),
    "basic-and-its-id": lambda bank: ({"client_id": bank.row.pk}, basic(bank.row.pk, bank.secret)),
    "basic-encoded": lambda bank: ({}, basic(bank.row.pk.replace("_", "%5F"), bank.secret)),
    "basic-in-small-letters": lambda bank: (
        {},
        {"Authorization": basic(bank.row.pk, bank.secret)["Authorization"].replace("Basic", "basic")},
    ),
}
BAD: dict[str, Proof] = {
    "nothing": lambda _: ({}, {}),
    "id-alone": lambda bank: ({"client_id": bank.row.pk}, {}),
    "secret-alone": lambda bank: ({"client_secret": bank.secret}, {}),
    "empty-secret": lambda bank: ({"client_id": bank.row.pk, "client_secret": ""}, {}),
    "wrong-secret": lambda bank: ({"client_id": bank.row.pk, "client_secret": "wrong"}, {}),
    "hash-of-the-secret": lambda bank: ({"client_id": bank.row.pk, "client_secret": bank.row.secret_hash}, {}),
    "id-in-capitals": lambda bank: ({"client_id": bank.row.pk.upper(), "client_secret": bank.secret}, {}),
    "id-and-a-blank": lambda bank: ({"client_id": bank.row.pk + " ", "client_secret": bank.secret}, {}),
    "somebody-else": lambda bank: ({"client_id": "nhoa_0000000000000000", "client_secret": bank.secret}, {}),
    "nul": lambda bank: ({"client_id": "%00", "client_secret": bank.secret}, {}),
    "basic-wrong-secret": lambda bank: ({}, basic(bank.row.pk, "wrong")),
    "basic-no-secret": lambda bank: ({}, basic(bank.row.pk, "")),
    "basic-no-id": lambda bank: ({}, basic("", bank.secret)),
    "basic-nul": lambda bank: ({}, basic("\0", bank.secret)),
    "basic-encoded-nul": lambda bank: ({}, basic("%00", bank.secret)),
    "basic-and-another-id": lambda bank: ({"client_id": "nhoa_0"}, basic(bank.row.pk, bank.secret)),
    "bearer": lambda bank: ({}, {"Authorization": f"Bearer {bank.secret}"}),
}
AS_NHOST = {("secret-alone", TOKEN), ("basic-no-id", TOKEN)}
"""The token that is exchanged names its application: the secret alone proves it."""


def call(api: Api, path: str, token: str, proof: tuple[dict[str, Any], dict[str, str]]) -> Reply:
    fields, headers = proof
    asked = {"grant_type": "refresh_token", "refresh_token": token} if path == TOKEN else {"token": token}
    return form(api, path, asked | fields, headers=headers)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("way", GOOD)
def test_61_application_proves_itself_by_basic_or_in_the_form(
    api: Api, bank: Application, ann: Reply, path: str, way: str
) -> None:
    token = bank.tokens(ann.token)["refresh_token"]
    reply = call(api, path, token, GOOD[way](bank))
    assert reply.status == 200
    assert path != INTROSPECT or reply.json["active"] is True
    assert path != REVOKE or not OAuth2RefreshToken.objects.exists()


@pytest.mark.parametrize(("way", "path"), [(way, path) for way in BAD for path in PATHS if (way, path) not in AS_NHOST])
def test_61_who_does_not_is_refused_and_uses_nothing_up(
    api: Api, bank: Application, ann: Reply, path: str, way: str
) -> None:
    token = bank.tokens(ann.token)["refresh_token"]
    reply = call(api, path, token, BAD[way](bank))
    assert reply.outcome == REFUSED
    assert reply.headers["WWW-Authenticate"].startswith('Bearer error="invalid_client"')
    assert bank.refresh(token).status == 200


@pytest.mark.parametrize("way", [way for way, _ in sorted(AS_NHOST)])
def test_61_secret_alone_proves_the_application_of_a_token(api: Api, bank: Application, ann: Reply, way: str) -> None:
    other = Application.registered(api, confidential=True)
    token = bank.tokens(ann.token)["refresh_token"]
    assert call(api, TOKEN, token, BAD[way](other)).outcome == REFUSED
    assert call(api, TOKEN, token, BAD[way](bank)).status == 200


@pytest.mark.parametrize("path", PATHS)
def test_61_credentials_come_in_one_place(api: Api, bank: Application, ann: Reply, path: str) -> None:
    token = bank.tokens(ann.token)["refresh_token"]
    both = {"client_id": bank.row.pk, "client_secret": bank.secret}, basic(bank.row.pk, bank.secret)
    assert call(api, path, token, both).outcome == (400, "invalid_request")


def test_61_application_neither_sees_nor_revokes_the_tokens_of_another(
    api: Api, bank: Application, shop: Application, ann: Reply
) -> None:
    theirs = bank.tokens(ann.token)
    other = Application.registered(api, confidential=True)
    for application in (shop, other):
        for name in ("refresh_token", "access_token"):
            for hint in (None, name):
                assert application.introspect(theirs[name], token_type_hint=hint) == {"active": False}
                assert application.revoke(theirs[name], token_type_hint=hint).status == 200
    assert bank.introspect(theirs["refresh_token"])["active"] is True
    assert bank.introspect(theirs["access_token"])["active"] is True
    assert bank.refresh(theirs["refresh_token"]).status == 200


def test_61_unknown_token_tells_as_little_as_that_of_another(bank: Application, shop: Application, ann: Reply) -> None:
    theirs = shop.tokens(ann.token)
    for token in (theirs["refresh_token"], theirs["access_token"], theirs["id_token"], ann.token, "x"):
        assert bank.introspect(token) == {"active": False}
        reply = bank.revoke(token)
        assert (reply.status, reply.text) == (200, "")
    assert shop.refresh(theirs["refresh_token"]).status == 200


def test_61_secret_of_before_is_good_no_more(bank: Application, ann: Reply) -> None:
    token, before = bank.tokens(ann.token)["refresh_token"], bank.secret
    bank.secret = bank.row.renew_secret()
    bank.row.save()
    assert bank.refresh(token, client_secret=before).outcome == REFUSED
    assert bank.refresh(token).status == 200


def test_imported_hash_is_good_for_its_secret(api: Api, ann: Reply) -> None:
    bank = Application.registered(api, secret_hash=make_password("imported"))
    bank.secret = "imported"
    assert bank.refresh(bank.tokens(ann.token)["refresh_token"]).status == 200
    bank.secret = "wrong"
    assert bank.revoke("x").outcome == REFUSED


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "%00"], ids=ascii)
def test_no_parameter_makes_a_crash(api: Api, shop: Application, ann: Reply, text: str) -> None:
    names = list(shop.request())
    sent = text.encode("utf-8", "surrogatepass").decode("latin-1")
    for name in [*names, "resource", "prompt", "max_age", "request", "request_uri"]:
        for reply in (shop.ask(**{name: sent}), form(api, AUTHORIZE, shop.request(**{name: sent}))):
            assert reply.status in (302, 400, 401), name
    for fields in (shop.exchange_fields("x"), shop.refresh_fields("x")):
        for name in fields:
            assert form(api, TOKEN, fields | {name: sent}).status in (400, 401), name
