"""What applications send and get in confidence is in no cache, log or audit trail."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from nhost_auth.logs import JsonFormatter
from nhost_auth.models import AuditEvent
from tests.conftest import Api, Reply
from tests.oauth2.application import TOKEN, USERINFO, VERIFIER, Application, basic, form


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged, as text and as JSON."""
    stream, root, level = io.StringIO(), logging.getLogger(), logging.getLogger().level
    handlers = [logging.StreamHandler(stream), logging.StreamHandler(stream)]
    handlers[1].setFormatter(JsonFormatter())
    root.setLevel(logging.DEBUG)
    for handler in handlers:
        root.addHandler(handler)
    yield stream
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


def test_66_secrets_of_applications_are_not_written_down(
    api: Api, bank: Application, ann: Reply, log: io.StringIO
) -> None:
    code = bank.code(ann.token)
    bank.exchange(code, client_secret="wrong-but-secret")
    tokens = bank.exchange(code).json
    newer = bank.refresh(tokens["refresh_token"]).json
    form(api, TOKEN, {"grant_type": "refresh_token", "refresh_token": "x"}, headers=basic(bank.row.pk, bank.secret))
    bank.introspect(newer["refresh_token"])
    api.get(USERINFO, token=newer["access_token"])
    bank.refresh(tokens["refresh_token"])
    bank.revoke(newer["refresh_token"])
    form(api, USERINFO, {"access_token": newer["access_token"]})
    secrets = {bank.secret, "wrong-but-secret", code, VERIFIER, basic(bank.row.pk, bank.secret)["Authorization"][6:]}
    for found in (tokens, newer):
        secrets |= {found["access_token"], found["refresh_token"], found["id_token"]}
    written = log.getvalue() + str(list(AuditEvent.objects.values()))
    assert "call completed" in written
    assert [secret for secret in secrets if secret in written] == []


def test_66_answers_of_the_provider_are_not_kept(api: Api, bank: Application, ann: Reply) -> None:
    asked = bank.request_id()
    agreed = bank.agree(ann.token, asked)
    tokens = bank.exchange(bank.code(ann.token))
    replies = [
        bank.ask(),
        bank.ask(scope="everything"),
        bank.ask(redirect_uri="https://evil.example/"),
        api.get("/oauth2/login", query={"request_id": asked}),
        agreed,
        tokens,
        bank.refresh(tokens.json["refresh_token"]),
        bank.refresh("x"),
        bank.revoke("x"),
        form(api, "/oauth2/introspect", {"token": "x", **bank.credentials}),
        api.get(USERINFO, token=tokens.json["access_token"]),
        api.get(USERINFO),
        api.get("/user/applications", token=ann.token),
    ]
    assert {reply.headers["Cache-Control"] for reply in replies} == {"no-store"}
    redirects = [reply for reply in replies if reply.status == 302]
    assert {reply.headers["Referrer-Policy"] for reply in redirects} == {"no-referrer"}
