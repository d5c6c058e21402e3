"""A good request to each endpoint of the wing, for somebody known: as tests/ways.py has them of all others."""

from __future__ import annotations

from tests.conftest import Api, Inbox, Reply
from tests.oauth2 import devices
from tests.oauth2.application import (
    AUTHORIZE,
    INTROSPECT,
    LOGIN,
    REDIRECT,
    REVOKE,
    TOKEN,
    USERINFO,
    Application,
    form,
)
from tests.oauth2.devices import DEVICE, Device, answer, ask
from tests.ways import Request, Way

APPLICATIONS, LOGOUT = "/user/applications", "/oauth2/logout"


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


def listing(api: Api, inbox: Inbox, ann: Reply) -> Request:
    Application.registered(api).tokens(ann.token)
    return lambda: api.get(APPLICATIONS, token=ann.token)


def taking_back(api: Api, inbox: Inbox, ann: Reply) -> Request:
    Application.registered(api).tokens(ann.token)
    (found,) = api.get(APPLICATIONS, token=ann.token).json["applications"]
    return lambda: api.call("DELETE", f"{APPLICATIONS}/{found['id']}", token=ann.token)


def asking_by_device(api: Api, inbox: Inbox, ann: Reply) -> Request:
    shop = Application.registered(api)
    return lambda: ask(shop)


def device_shown(api: Api, inbox: Inbox, ann: Reply) -> Request:
    code = Device.asking(Application.registered(api)).user_code
    return lambda: devices.shown(api, code, token=ann.token)


def device_approved(api: Api, inbox: Inbox, ann: Reply) -> Request:
    code = Device.asking(Application.registered(api)).user_code
    return lambda: answer(api, ann.token, code)


def device_served(api: Api, inbox: Inbox, ann: Reply) -> Request:
    return Device.asking(Application.registered(api)).approved(ann.token).poll


def leaving(*, by_form: bool) -> Way:
    def prepare(api: Api, inbox: Inbox, ann: Reply) -> Request:
        fields = {"id_token_hint": Application.registered(api).tokens(ann.token)["id_token"]}
        return lambda: form(api, LOGOUT, fields) if by_form else api.get(LOGOUT, query=fields)

    return prepare


def registering(api: Api, inbox: Inbox, ann: Reply) -> Request:
    return lambda: api.post("/oauth2/register", {"redirect_uris": [REDIRECT]}, token=ann.token)


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
    f"GET {APPLICATIONS}": listing,
    f"DELETE {APPLICATIONS}/{{application_id}}": taking_back,
    "POST /oauth2/device_authorization": asking_by_device,
    f"GET {DEVICE}": device_shown,
    f"POST {DEVICE}": device_approved,
    f"POST {TOKEN} device": device_served,
    f"GET {LOGOUT}": leaving(by_form=False),
    f"POST {LOGOUT}": leaving(by_form=True),
    "POST /oauth2/register": registering,
}
"""By method and path, followed by what is used there where there is more than one thing."""


def is_of_the_wing(path: str) -> bool:
    return path.startswith(("/oauth2/", "/user/applications", "/.well-known/o"))
