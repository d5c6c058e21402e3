"""A good request to each endpoint of the wing, for somebody known: as tests/ways.py has them of all others."""

from __future__ import annotations

from tests.conftest import Api, Inbox, Reply
from tests.oauth2.application import (
    AUTHORIZE,
    INTROSPECT,
    LOGIN,
    REVOKE,
    TOKEN,
    USERINFO,
    Application,
    form,
)
from tests.ways import Request, Way


def asking(api: Api, inbox: Inbox, ann: Reply) -> Request:
    return Application.registered(api).ask


def asking_by_form(api: Api, inbox: Inbox, ann: Reply) -> Request:
    fields = Application.registered(api).request()
    return lambda: form(api, AUTHORIZE, fields)


def shown(api: Api, inbox: Inbox, ann: Reply) -> Request:
    asked = Application.registered(api).request_id()
    return lambda: api.get(LOGIN, query={"request_id": asked}, token=ann.token)


def agreeing(api: Api, inbox: Inbox, ann: Reply) -> Request:
    shop = Application.registered(api)
    asked = shop.request_id()
    return lambda: shop.agree(ann.token, asked)


def refusing(api: Api, inbox: Inbox, ann: Reply) -> Request:
    asked = Application.registered(api).request_id()
    return lambda: api.post(f"{LOGIN}/refuse", {"requestId": asked})


def exchanging(api: Api, inbox: Inbox, ann: Reply) -> Request:
    bank = Application.registered(api, confidential=True)
    code = bank.code(ann.token)
    return lambda: bank.exchange(code)


def refreshing(api: Api, inbox: Inbox, ann: Reply) -> Request:
    bank = Application.registered(api, confidential=True)
    token = bank.tokens(ann.token)["refresh_token"]
    return lambda: bank.refresh(token)


def learning(method: str) -> Way:
    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        token = Application.registered(api).tokens(ann.token)["access_token"]
        return lambda: api.call(method, USERINFO, token=token)

    return prepare


def giving_back(path: str, kind: str) -> Way:
    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        bank = Application.registered(api, confidential=True)
        fields = {"token": bank.tokens(ann.token)[kind], **bank.credentials}
        return lambda: form(api, path, fields)

    return prepare


def reading(path: str) -> Way:
    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        return lambda: api.get(path)

    return prepare


OAUTH2: dict[str, Way] = {
    "GET /.well-known/openid-configuration": reading("/.well-known/openid-configuration"),
    "GET /.well-known/oauth-authorization-server": reading("/.well-known/oauth-authorization-server"),
    "GET /oauth2/jwks": reading("/oauth2/jwks"),
    f"GET {AUTHORIZE}": asking,
    f"POST {AUTHORIZE}": asking_by_form,
    f"GET {LOGIN}": shown,
    f"POST {LOGIN}": agreeing,
    f"POST {LOGIN}/refuse": refusing,
    f"POST {TOKEN}": exchanging,
    f"POST {TOKEN} refresh": refreshing,
    f"GET {USERINFO}": learning("GET"),
    f"POST {USERINFO}": learning("POST"),
    f"POST {REVOKE}": giving_back(REVOKE, "refresh_token"),
    f"POST {INTROSPECT}": giving_back(INTROSPECT, "refresh_token"),
    f"POST {INTROSPECT} access": giving_back(INTROSPECT, "access_token"),
}
"""By method and path, followed by what is used there where there is more than one thing."""


def is_of_the_wing(path: str) -> bool:
    return path.startswith(("/oauth2/", "/user/applications", "/.well-known/o"))
