"""Providers that keep addresses in a list beside the profile."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar
from urllib.parse import urlencode

from tests.internet import Internet, json, text
from tests.played.plain import ANN
from tests.played.provider import Person, Played, place
from tests.tls_proxy import Asked, Told


class WithList(Played):
    emails_shape: ClassVar[list[dict[str, Any]]]
    needs_email = True

    def __init__(self, internet: Internet, settings: Any) -> None:
        self.emails = deepcopy(self.emails_shape)
        super().__init__(internet, settings)

    def open(self) -> None:
        super().open()
        self.internet.play("GET", *place(f"{self.profile_url}/emails"), self.give_emails)

    def give_emails(self, asked: Asked) -> Told:
        return json(self.emails) if self.knows_bearer(asked) else json({"message": "Requires authentication"}, 401)

    def verify(self, value: Any) -> None:
        for entry in self.emails:
            entry[self.signal] = value

    def leave_verified_out(self) -> None:
        for entry in self.emails:
            del entry[self.signal]


class Github(WithList):
    """Its token endpoint answers with a form unless asked for JSON, and with 200 whatever happens."""

    slug, link, setting = "github", "github", "GITHUB"
    page = "https://github.com/login/oauth/authorize"
    token_url = "https://github.com/login/oauth/access_token"
    profile_url = "https://api.github.com/user"
    scope = "user:email"
    signal = "verified"
    refreshes = False
    tokens = {"token_type": "bearer", "scope": "user:email"}
    person = Person("583231", "Ann Example", ANN, "https://avatars.example/u/583231?v=4")
    shape = {
        "login": "ann",
        "id": 583231,
        "node_id": "MDQ6VXNlcjU4MzIzMQ==",
        "avatar_url": "https://avatars.example/u/583231?v=4",
        "gravatar_id": "",
        "type": "User",
        "site_admin": False,
        "name": "Ann Example",
        "company": None,
        "email": "public@example.com",
        "two_factor_authentication": True,
    }
    emails_shape = [
        {"email": "583231+ann@users.noreply.example", "primary": False, "verified": True, "visibility": None},
        {"email": ANN, "primary": True, "verified": True, "visibility": "private"},
        {"email": "old@example.com", "primary": False, "verified": False, "visibility": None},
    ]

    def issue(self) -> Told:
        return self._in_the_wanted_form(super().issue())

    def give_tokens(self, asked: Asked) -> Told:
        self._wanted = asked.headers.get("accept")
        return super().give_tokens(asked)

    def fault(self, code: str, status: int = 400) -> Told:
        code = {"invalid_grant": "bad_verification_code", "invalid_client": "incorrect_client_credentials"}[code]
        return self._in_the_wanted_form(
            json({"error": code, "error_description": "Wrong.", "error_uri": "https://docs"})
        )

    def _in_the_wanted_form(self, told: Told) -> Told:
        if self._wanted == "application/json":
            return told
        return text(urlencode({"access_token": "nobody reads this"}), content_type="application/x-www-form-urlencoded")

    def move(self, email: str | None) -> None:
        self.emails = [{"email": email, "primary": True, "verified": True}] if email else []


class Bitbucket(WithList):
    slug, link, setting = "bitbucket", "bitbucket-oauth2", "BITBUCKET"
    id_key = "uuid"
    page = "https://bitbucket.org/site/oauth2/authorize"
    token_url = "https://bitbucket.org/site/oauth2/access_token"
    profile_url = "https://api.bitbucket.org/2.0/user"
    scope = "account"
    signal = "is_confirmed"
    basic = True
    tokens = {"token_type": "bearer", "expires_in": 7200, "scopes": "account", "state": "authorization_code"}
    person = Person("{b5a5f7a9-0a6e}", "Ann Example", ANN, "https://avatar-management.example/128")
    shape = {
        "type": "user",
        "uuid": "{b5a5f7a9-0a6e}",
        "account_id": "557058:aaaa",
        "username": "annexample",
        "display_name": "Ann Example",
        "links": {
            "self": {"href": "https://api.bitbucket.org/2.0/users/annexample"},
            "avatar": {"href": "https://avatar-management.example/128"},
        },
    }
    emails_shape = [
        {"email": "new@example.com", "is_primary": True, "is_confirmed": False, "type": "email"},
        {"email": ANN, "is_primary": False, "is_confirmed": True, "type": "email"},
        {"email": "other@example.com", "is_primary": True, "is_confirmed": True, "type": "email"},
    ]

    def give_emails(self, asked: Asked) -> Told:
        told = super().give_emails(asked)
        return json({"pagelen": 10, "values": self.emails, "page": 1, "size": 3}) if told.status == 200 else told

    def move(self, email: str | None) -> None:
        self.emails = [{"email": email, "is_primary": True, "is_confirmed": True}] if email else []
