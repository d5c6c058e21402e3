"""What devices ask for: codes of their own, hashes at rest (RFC 8628 sections 5.1 and 6.1)."""

from __future__ import annotations

import secrets
from itertools import chain, repeat

import pytest
from django.db import IntegrityError

from nhost_auth.models import OAuth2Client, OAuth2DeviceRequest
from nhost_auth.models.oauth2_device_requests import LENGTH, LETTERS, draw

pytestmark = pytest.mark.django_db


def ask(client: OAuth2Client) -> tuple[str, str]:
    return OAuth2DeviceRequest.objects.ask(client, ["openid"], ip=None, device="")


def test_65_user_codes_are_too_many_to_be_tried() -> None:
    drawn = {draw() for _ in range(200)}
    assert len(drawn) == 200
    assert {letter for code in drawn for letter in code} == {*LETTERS, "-"}
    assert len(LETTERS) ** LENGTH > 2**34


def test_code_that_is_drawn_twice_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    client, letters = OAuth2Client.objects.create(), chain("B" * 2 * LENGTH, repeat("C"))
    monkeypatch.setattr(secrets, "choice", lambda _: next(letters))
    assert [ask(client)[1] for _ in range(2)] == ["BBBB-BBBB", "CCCC-CCCC"]


def test_what_cannot_be_stored_is_not_tried_for_ever() -> None:
    with pytest.raises(IntegrityError):
        OAuth2DeviceRequest.objects.ask(OAuth2Client.objects.create(), None, ip=None, device="")  # type: ignore[arg-type]


def test_codes_are_stored_as_hashes_alone() -> None:
    device_code, user_code = ask(OAuth2Client.objects.create())
    stored = [str(value) for value in vars(OAuth2DeviceRequest.objects.get()).values()]
    assert not any(code in value for value in stored for code in (device_code, user_code, user_code.replace("-", "")))


def test_code_is_compared_without_case_and_dashes() -> None:
    _, code = ask(OAuth2Client.objects.create())
    typed = [code, code.lower(), code.replace("-", ""), f" {code} ", code.replace("-", " - ")]
    assert [OAuth2DeviceRequest.objects.open(text).count() for text in typed] == [1] * len(typed)
    assert not OAuth2DeviceRequest.objects.open(code[:-1]).exists()


def test_code_of_another_secret_key_is_none(settings: pytest.MonkeyPatch) -> None:
    _, code = ask(OAuth2Client.objects.create())
    settings.SECRET_KEY = "another-" + "k" * 42  # type: ignore[attr-defined]
    assert not OAuth2DeviceRequest.objects.open(code).exists()
