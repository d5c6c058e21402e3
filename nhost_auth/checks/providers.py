"""Social providers: what they lack to work (configuration.md 1.10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

from nhost_auth.checks.settings import wrong_types
from nhost_auth.conf import conf
from nhost_auth.infra import providers

CREDENTIALS = {
    "apple": ("CLIENT_ID", "TEAM_ID", "KEY_ID", "PRIVATE_KEY"),
    "twitter": ("CONSUMER_KEY", "CONSUMER_SECRET"),
}


@register()
def check_providers(**_kwargs: Any) -> list[CheckMessage]:
    """Looked at only where a provider is switched on."""
    if list(wrong_types()) or not providers.any_accepted():
        return []
    return [*_links(), *_server_url(), *_credentials(), *_custom()]


def _links() -> Iterator[CheckMessage]:
    if not apps.is_installed("social_django"):
        yield Error(
            "A social provider is on, but social_django, whose table holds the links, is not installed.",
            hint='Add "social_django" to INSTALLED_APPS and run migrate.',
            id="nhost_auth.E015",
        )


def _server_url() -> Iterator[CheckMessage]:
    if providers.any_enabled() and not conf.AUTH_SERVER_URL:
        yield Error(
            "A social provider is on, but AUTH_SERVER_URL, where it sends people back to, is not set.",
            id="nhost_auth.E016",
        )


def _credentials() -> Iterator[CheckMessage]:
    for slug in providers.PROVIDERS:
        if providers.is_enabled(slug):
            prefix = f"AUTH_PROVIDER_{providers.setting_part(slug)}"
            for name in CREDENTIALS.get(slug, ("CLIENT_ID", "CLIENT_SECRET")):
                if not getattr(conf, f"{prefix}_{name}"):
                    yield Error(f"{prefix}_ENABLED is on, but {prefix}_{name} is not set.", id="nhost_auth.E017")
    if providers.is_enabled("apple") and conf.AUTH_PROVIDER_APPLE_PRIVATE_KEY:
        yield from _apple_key()


def _apple_key() -> Iterator[CheckMessage]:
    from nhost_auth.infra.providers.apple import Apple

    try:
        Apple().get_key_and_secret()
    except Exception:  # each kind of bad key raises something else, and none may be quoted
        yield Error("AUTH_PROVIDER_APPLE_PRIVATE_KEY is no private key for ES256.", id="nhost_auth.E018")


def _custom() -> Iterator[CheckMessage]:
    if conf.AUTH_PROVIDER_CUSTOM:
        from nhost_auth.infra.providers import custom

        yield from (Caution(f"{fault}; it is left out.", id="nhost_auth.W003") for fault in custom.faults())
