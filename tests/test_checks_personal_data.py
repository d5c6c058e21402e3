"""System check of models that refer to users and cannot be handed out: nhost_auth.W004 (GDPR article 15)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.checks import CheckMessage, run_checks
from django.core.checks import Warning as Caution
from django.test import modify_settings

from nhost_auth.flows import personal_data
from nhost_auth.personal_data import register


def found(*, deploy: bool = True) -> list[CheckMessage]:
    return [each for each in run_checks(include_deployment_checks=deploy) if each.id == "nhost_auth.W004"]


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A host with models that refer to its users: django-otp's own devices, two by themselves and one through one."""
    monkeypatch.setattr(personal_data, "_registered", {})
    names = ["django_otp.plugins.otp_totp", "django_otp.plugins.otp_static"]
    registered = dict(admin.site._registry)
    with modify_settings(INSTALLED_APPS={"append": names}):
        yield
    admin.site._registry = registered  # the plugins have registered themselves when they were loaded


def test_django_s_own_models_and_ours_are_no_concern_of_the_host() -> None:
    assert found() == []


def test_models_that_refer_to_users_are_named_in_one_message(plugins: None) -> None:
    (message,) = found()
    assert isinstance(message, Caution)
    assert message.msg.endswith(": otp_static.StaticDevice, otp_totp.TOTPDevice.")
    assert "nhost_auth.personal_data.register()" in str(message.hint)


def test_it_is_told_at_deployment_only(plugins: None) -> None:
    assert found(deploy=False) == []


def test_registered_models_are_named_no_more(plugins: None) -> None:
    def entry(name: str) -> Any:
        register(apps.get_model(name), exporter=lambda _: [], eraser=lambda _: 0)

    entry("otp_totp.TOTPDevice")
    (message,) = found()
    assert message.msg.endswith(": otp_static.StaticDevice.")
    entry("otp_static.StaticDevice")
    assert found() == []
