"""Microsoft's three."""

from __future__ import annotations

from tests.internet import json
from tests.played.plain import ANN
from tests.played.provider import Person, Played
from tests.tls_proxy import Told

LOGIN = "https://login.microsoftonline.com"
SCOPE = "email profile openid offline_access"


class Azuread(Played):
    slug, link, setting = "azuread", "azuread", "AZUREAD"
    id_key = "oid"
    page = f"{LOGIN}/common/oauth2/authorize"
    token_url = f"{LOGIN}/common/oauth2/token"
    profile_url = f"{LOGIN}/common/openid/userinfo"
    scope = SCOPE
    extra = {"prompt": "select_account"}
    tokens = {
        "token_type": "Bearer",
        "scope": "email openid profile",
        "expires_in": "3599",
        "ext_expires_in": "3599",
        "expires_on": "1388444763",
        "resource": "00000002-0000-0000-c000-000000000000",
        "id_token": "e30.e30.e30",
    }
    person = Person("690222be-ff1a-4d56", "Ann Example", ANN)
    shape = {
        "sub": "XyS6A5ecFz7J8WBoMg-7Xqt",
        "oid": "690222be-ff1a-4d56",
        "tid": "e4d34893-55a9-4f9e",
        "amr": ["pwd"],
        "name": "Ann Example",
        "given_name": "Annabel",
        "family_name": "Longer",
        "email": ANN,
        "preferred_username": "ann.example@tenant.example",
        "upn": "ann.example@tenant.example",
        "unique_name": "live.com#ann@example.com",
    }

    def fault(self, code: str, status: int = 400) -> Told:
        return json({"error": code, "error_codes": [70002], "trace_id": "2e1a", "timestamp": "2016-04-14Z"}, status)


class Entraid(Played):
    slug, link, setting = "entraid", "entraid", "ENTRAID"
    id_key = "sub"
    page = f"{LOGIN}/common/oauth2/v2.0/authorize"
    token_url = f"{LOGIN}/common/oauth2/v2.0/token"
    profile_url = "https://graph.microsoft.com/oidc/userinfo"
    scope = SCOPE
    signal = "email_verified"
    tokens = {"token_type": "Bearer", "scope": "openid", "expires_in": 3736, "ext_expires_in": 3736}
    person = Person("OLu859SGc2Sr9ZsqbkG", "Ann Example", ANN)
    shape = {
        "sub": "OLu859SGc2Sr9ZsqbkG",
        "name": "Annabel Longer",
        "givenname": "Ann",
        "familyname": "Example",
        "email": ANN,
        "email_verified": True,
        "locale": "en",
        "picture": "https://graph.microsoft.com/v1.0/me/photo/$value",
    }


class Windowslive(Played):
    slug, link, setting = "windowslive", "windowslive", "WINDOWS_LIVE"
    page = "https://login.live.com/oauth20_authorize.srf"
    token_url = "https://login.live.com/oauth20_token.srf"
    profile_url = "https://apis.live.net/v5.0/me"
    scope = "wl.basic wl.emails"
    tokens = {"token_type": "bearer", "expires_in": 3600, "scope": "wl.basic", "authentication_token": "eyJ"}
    person = Person("8c8ce076ca27823f", "Ann Example Example", ANN, "https://live.example/ann.png")
    shape = {
        "id": "8c8ce076ca27823f",
        "name": "Ann Example",
        "first_name": "Ann",
        "last_name": "Example",
        "gender": None,
        "emails": {"preferred": ANN, "account": "ann@outlook.example", "personal": None, "business": None},
        "profile_image_url": "https://live.example/ann.png",
        "locale": "en_US",
    }

    def move(self, email: str | None) -> None:
        self.profile["emails"] = {"preferred": email, "account": email}
