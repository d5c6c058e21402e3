"""Where browsers are sent: to registered addresses alone, letter by letter, and every answer names who gives it."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.models import OAuth2Request
from tests.conftest import Api, Reply
from tests.flows.hostile_targets import HOSTILE as TARGETS
from tests.oauth2.application import AUTHORIZE, ISSUER, LOGIN, Application, form, parameters

REGISTERED = [
    "https://shop.example/back",
    "https://shop.example/back?shop=7",
    "https://shop.example:8443/back",
    "com.shop.app:/back",
    "http://127.0.0.1/cli",
    "http://127.0.0.1:2/own",
    "http://[::1]/cli",
    "http://localhost:3000/back",
]
HOSTILE = [
    # No scheme, or none that was registered
    *("", "/back", "back", "?shop=7", "#", "//shop.example/back", "///shop.example/back", "//evil.example/back"),
    *(r"\\evil.example/back", r"/\evil.example/back", r"https:\\shop.example\back", "https:shop.example/back"),
    *("http://shop.example/back", "HTTPS://shop.example/back", "ftp://shop.example/back", "https:/shop.example/back"),
    *("javascript:alert(1)", "javascript://shop.example/%0aalert(1)", "JavaScript:alert(1)", "vbscript:x"),
    *("data:text/html,<script>alert(1)</script>", "file:///etc/passwd", "about:blank", "urn:ietf:wg:oauth:2.0:oob"),
    *(
        "com.shop.app:/back/",
        "com.shop.app://back",
        "com.shop.app:back",
        "com.shop.app.evil:/back",
        "COM.shop.app:/back",
    ),
    # Another host
    *("https://evil.example/back", "https://shop.example.evil.example/back", "https://evilshop.example/back"),
    *("https://a.shop.example/back", "https://shop.example./back", "https://SHOP.example/back", "https://example/back"),
    *(
        "https://shop%2eexample/back",
        "https://shop.example%2eevil.example/back",
        "https://shop.example%00.evil.example/",
    ),
    *("https://sh\u043ep.example/back", "https://xn--shp-lmc.example/back", "https://shop\u3002example/back"),
    *(
        "https://\uff53hop.example/back",
        "https://shop.example\uff0fback",
        "https://evil.example\uff0f.shop.example/back",
    ),
    *(
        "https://[::1]/back",
        "https://[shop.example]/back",
        "https://[::ffff:127.0.0.1]/back",
        "https://2130706433/back",
    ),
    # User information and ports
    *("https://ann@shop.example/back", "https://ann:pw@shop.example/back", "https://shop.example@evil.example/back"),
    *(
        "https://evil.example@shop.example/back",
        r"https://evil.example\@shop.example/back",
        "https://@shop.example/back",
    ),
    *("https://shop.example:443/back", "https://shop.example:444/back", "https://shop.example:/back"),
    *(
        "https://shop.example:8443@evil.example/back",
        "https://shop.example:08443/back",
        "https://shop.example:84430/back",
    ),
    # Beside the path, in the query, with a fragment
    *("https://shop.example", "https://shop.example/", "https://shop.example/back/", "https://shop.example/backs"),
    *(
        "https://shop.example/BACK",
        "https://shop.example//back",
        "https://shop.example/./back",
        "https://shop.example/b",
    ),
    *("https://shop.example/back/../x", "https://shop.example/x/../back", "https://shop.example/back/.."),
    *("https://shop.example/%62ack", "https://shop.example/back%2f..%2fx", "https://shop.example/back%00"),
    *("https://shop.example/x/%2e%2e/back", "https://shop.example/back;x", "https://shop.example/back%2f"),
    *("https://shop.example/back?", "https://shop.example/back?shop=8", "https://shop.example/back?shop=7&x=1"),
    *("https://shop.example/back?x=1&shop=7", "https://shop.example/back?shop=7#", "https://shop.example/back#x"),
    *("https://evil.example/?https://shop.example/back", "https://evil.example#https://shop.example/back"),
    # Blanks and control characters
    *(
        " https://shop.example/back",
        "https://shop.example/back ",
        "https://shop.example/back\t",
        "\thttps://shop.example",
    ),
    *("https://shop.example/back\n", "https://shop.example/back\r\nSet-Cookie: a=b", "https://shop.example/back\0"),
    *("https://shop.example/ba\nck", "\x01https://shop.example/back", "https://shop.example/back\u2028"),
    # What stands for every port of the own device
    *("http://127.0.0.1:1/cli/", "http://127.0.0.1:1/other", "http://127.0.0.1:99999999/cli", "http://127.0.0.1:/cli"),
    *(
        "http://127.0.0.1:1@evil.example/cli",
        "http://127.0.0.1:1.evil.example/cli",
        "http://127.0.0.1.evil.example/cli",
    ),
    *(
        "http://127.0.0.2:1/cli",
        "http://127.1:1/cli",
        "http://localhost:1/cli",
        "http://[::1]:1/cli#x",
        "http://[::2]:1/cli",
    ),
    *(
        "https://127.0.0.1:1/cli",
        "http://localhost:3001/back",
        "http://localhost/back",
        "http://[::1]:1@evil.example/cli",
    ),
    *(
        "http://127.0.0.1:1:2/cli",
        "http://127.0.0.1:1:2/own",
        "http://127.0.0.1:-1/cli",
        "http://0.0.0.0:1/cli",
        "http://[::ffff:127.0.0.1]:1/cli",
    ),
]


@pytest.fixture
def cli(api: Api) -> Application:
    return Application.registered(api, redirect_uris=REGISTERED)


def asked(application: Application, uri: str) -> list[Reply]:
    return [application.ask(redirect_uri=uri), form(application.api, AUTHORIZE, application.request(redirect_uri=uri))]


def test_50_there_are_enough_hostile_addresses() -> None:
    assert len(set(HOSTILE)) >= 60


def test_50_hostile_address_is_told_here_and_nobody_is_sent_there(cli: Application) -> None:
    replies = {uri: asked(cli, uri) for uri in {*HOSTILE, *TARGETS}}
    wrong = {
        uri: reply.outcome
        for uri, found in replies.items()
        for reply in found
        if reply.outcome != (400, "invalid_request") or "Location" in reply.headers
    }
    assert wrong == {}
    assert not OAuth2Request.objects.exists()


@pytest.mark.parametrize("uri", [*REGISTERED, "http://127.0.0.1:51234/cli", "http://[::1]:51234/cli"])
def test_50_registered_address_gets_code_and_errors_as_it_is(cli: Application, ann: Reply, uri: str) -> None:
    for reply in asked(cli, uri):
        assert "request_id" in reply.query
    back = cli.agree(ann.token, cli.request_id(redirect_uri=uri)).json["redirectUri"]
    plain, _, query = uri.partition("?")
    assert (back.partition("?")[0], "code" in parameters(back)) == (plain, True)
    assert (parameters(back).get("shop") == "7") is (query == "shop=7")
    refused = cli.ask(redirect_uri=uri, response_type="token")
    assert refused.location.startswith(f"{plain}?")
    code = parameters(back)["code"]
    for other in (next(one for one in REGISTERED if one != uri), uri + "/", None):
        assert cli.exchange(code, redirect_uri=other).outcome == (400, "invalid_grant")
    assert cli.exchange(code, redirect_uri=uri).status == 200


def test_50_address_that_is_taken_off_the_list_gets_no_more_requests(cli: Application) -> None:
    cli.row.redirect_uris = REGISTERED[1:]
    cli.row.save()
    assert [reply.outcome for reply in asked(cli, REGISTERED[0])] == [(400, "invalid_request")] * 2


def test_55_every_answer_names_its_issuer(api: Api, cli: Application, ann: Reply) -> None:
    uri = REGISTERED[1]
    agreed = cli.agree(ann.token, cli.request_id(redirect_uri=uri)).json["redirectUri"]
    refused = api.post(f"{LOGIN}/refuse", {"requestId": cli.request_id(redirect_uri=uri)}).json["redirectUri"]
    failed = cli.ask(redirect_uri=uri, scope="everything").location
    assert [parameters(url)["iss"] for url in (agreed, refused, failed)] == [ISSUER] * 3
    assert api.get("/.well-known/openid-configuration").json["issuer"] == ISSUER


def test_55_application_names_nobody_in_our_place(cli: Application, ann: Reply) -> None:
    """Parameters of ours are ours, whatever a request says."""
    uri = REGISTERED[0]
    found: Any = cli.ask(redirect_uri=uri, scope="everything", iss="https://evil.example", error="none").query
    assert (found["iss"], found["error"]) == (ISSUER, "invalid_scope")
