"""The registry of providers (identity.md 4.5). A row names the class; it is imported when it is first visited."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string

from nhost_auth.conf import conf

HERE = "nhost_auth.infra.providers"
PROVIDERS = {
    "apple": "apple.Apple",
    "azuread": "microsoft.Azuread",
    "bitbucket": "bitbucket.Bitbucket",
    "discord": "plain.Discord",
    "entraid": "microsoft.Entraid",
    "facebook": "plain.Facebook",
    "github": "github.Github",
    "gitlab": "plain.Gitlab",
    "google": "plain.Google",
    "linkedin": "plain.Linkedin",
    "spotify": "plain.Spotify",
    "strava": "plain.Strava",
    "twitch": "plain.Twitch",
    "twitter": "twitter.Twitter",
    "windowslive": "microsoft.Windowslive",
    "workos": "workos.Workos",
}
SETTINGS = {"windowslive": "WINDOWS_LIVE"}


def callback_url(slug: str) -> str:
    """Where a provider sends the browser back to."""
    return f"{conf.AUTH_SERVER_URL.rstrip('/')}/signin/provider/{slug}/callback"


def is_known(slug: str) -> bool:
    """Whether a provider is one of the list or has the name of a project's own."""
    return slug in PROVIDERS or (slug.startswith("c:") and "\0" not in slug)  # which PostgreSQL would stumble over


def setting_part(slug: str) -> str:
    """How a provider is called in the names of its settings."""
    return SETTINGS.get(slug, slug.upper())


def any_enabled() -> bool:
    return bool(conf.AUTH_PROVIDER_CUSTOM) or any(is_enabled(slug) for slug in PROVIDERS)


def any_accepted() -> bool:
    """Whether anybody at a provider can come in, by browser or by ID token."""
    return any_enabled() or bool(conf.AUTH_PROVIDER_APPLE_AUDIENCE or conf.AUTH_PROVIDER_GOOGLE_AUDIENCE)


def is_enabled(slug: str) -> bool:
    if slug in PROVIDERS:
        return bool(getattr(conf, f"AUTH_PROVIDER_{setting_part(slug)}_ENABLED"))
    return bool(conf.AUTH_PROVIDER_CUSTOM) and slug in import_string(f"{HERE}.custom.entries")()


def visit(slug: str, state: str = "", memory: dict[str, Any] | None = None) -> Any:
    """An enabled provider, for one step of a visit to it: a `provider.Provider`."""
    of_visit = import_string(f"{HERE}.provider.Visit")(state, memory)
    if slug in PROVIDERS:
        return import_string(f"{HERE}.{PROVIDERS[slug]}")(of_visit)
    entry = import_string(f"{HERE}.custom.entries")()[slug]
    kind = "CustomOidc" if entry.kind == "oidc" else "CustomOAuth2"
    return import_string(f"{HERE}.custom.{kind}")(entry, of_visit)


def link_of(slug: str) -> str:
    """The provider's name in the table of links, also while it is switched off."""
    if slug in PROVIDERS:
        return str(import_string(f"{HERE}.{PROVIDERS[slug]}").link)
    return str(import_string(f"{HERE}.custom.link_of")(slug))
