"""The `auth_create_pat` command (accounts.md 3.15)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from nhost_auth import signals
from nhost_auth.models import RefreshToken
from tests.conftest import Api, account

ANN = "ann@example.com"
UNSTORABLE = ('{"a": NaN}', '{"a": 1e999}', r'{"a": "\u0000"}', r'{"a": "\ud800"}')
"""Each is refused by one of the databases, with the row in its message."""


@pytest.fixture
def told() -> Iterator[list[str]]:
    heard: list[str] = []

    def listen(token_id: str, **_: Any) -> None:
        heard.append(token_id)

    signals.personal_access_token_created.connect(listen)
    yield heard
    signals.personal_access_token_created.disconnect(listen)


@pytest.fixture
def create(django_capture_on_commit_callbacks: Any) -> Any:
    """Standard output and standard error of a call."""

    def call(*arguments: str) -> tuple[str, str]:
        out, err = io.StringIO(), io.StringIO()
        with django_capture_on_commit_callbacks(execute=True):
            call_command("auth_create_pat", *arguments, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return call


def test_token_alone_is_on_standard_output_and_signs_in(api: Api, create: Any, told: list[str]) -> None:
    api.sign_up()
    out, err = create(ANN, "--expires-in", "90d", "--metadata", '{"name": "CI"}')
    secret = out.removesuffix("\n")
    reply = api.post("/signin/pat", {"personalAccessToken": secret})
    assert reply.user["email"] == ANN
    token = RefreshToken.objects.get(kind="pat")
    assert (token.metadata, told) == ({"name": "CI"}, [str(token.pk)])
    assert str(token.pk) in err
    assert secret not in err


def test_it_lives_as_long_as_asked_for(api: Api, create: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        api.sign_up()
        create(ANN, "--expires-in", "90d")
        assert RefreshToken.objects.get(kind="pat").expires_at == timezone.now() + timedelta(days=90)
        RefreshToken.objects.all().delete()
        create(ANN, "--expires-at", "2090-01-01T00:00:00Z")
        assert RefreshToken.objects.get(kind="pat").expires_at.isoformat() == "2090-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "arguments",
    [
        (ANN,),
        ("--expires-in", "90d"),
        ("bob@example.com", "--expires-in", "90d"),
        (ANN, "--expires-in", "0d"),
        (ANN, "--expires-at", "2020-01-01"),
        (ANN, "--expires-in", "soon"),
        (ANN, "--expires-in", "90d", "--expires-at", "2090-01-01"),
        *((ANN, "--expires-in", "90d", "--metadata", text) for text in ("[]", "{", "null", '"x"', *UNSTORABLE)),
    ],
    ids=str,
)
def test_bad_arguments_make_nothing(api: Api, create: Any, arguments: tuple[str, ...]) -> None:
    api.sign_up()
    with pytest.raises(CommandError):
        create(*arguments)
    assert not RefreshToken.objects.filter(kind="pat").exists()


def test_who_may_not_sign_in_gets_none(api: Api, create: Any) -> None:
    user = account(api.sign_up()).user
    user.is_active = False
    user.save()
    with pytest.raises(CommandError, match="disabled-user"):
        create(ANN, "--expires-in", "90d")
    guest = api.anonymous().user["id"]
    with pytest.raises(CommandError, match="forbidden-anonymous"):
        create(guest, "--expires-in", "90d")
    assert not RefreshToken.objects.filter(kind="pat").exists()
