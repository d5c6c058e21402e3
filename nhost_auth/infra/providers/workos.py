"""WorkOS: one door to many companies' sign-in pages, which social-core has no backend for (identity.md 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhost_auth.infra.providers.identity import Identity, exact, text
from nhost_auth.infra.providers.provider import OAuth2Provider


class Workos(OAuth2Provider):
    name = slug = link = "workos"
    settings = "WORKOS"
    AUTHORIZATION_URL = "https://api.workos.com/sso/authorize"
    ACCESS_TOKEN_URL = "https://api.workos.com/sso/token"
    PROFILE_URL = "https://api.workos.com/sso/profile"
    PARAMETERS = ("organization", "connection", "domain")

    def get_scope_argument(self) -> dict[str, str]:
        return {"scope": ""}

    def sign_in_page(self, extra: Mapping[str, str]) -> str:
        """Whose page: by the front end's parameters, else by settings; all that are known go together."""
        defaults = {name: self.option(f"DEFAULT_{name.upper()}") for name in self.PARAMETERS}
        return super().sign_in_page({**{name: value for name, value in defaults.items() if value}, **extra})

    def read(self, profile: Any) -> Identity:
        return Identity(
            self.link,
            exact(profile["id"]),
            email=text(profile.get("email")),
            name=f"{text(profile.get('first_name'))} {text(profile.get('last_name'))}".strip(),
        )
