"""Which origins may read our answers (accounts.md 1.1, configuration.md 6.6; security.md line 67)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Api

ASK = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
VARY = "Origin, Access-Control-Request-Method"
LISTED = [
    "https://one.example",
    "https://*.two.example",
    "https://preview-*.three.example:8443",
    "HTTPS://Four.example:443/",
    "capacitor://localhost",
]
LET_IN = [
    "https://app.example.com",  # AUTH_CLIENT_URL
    "https://one.example",
    "https://a.two.example",
    "https://preview-7.three.example:8443",
    "https://four.example",
    "capacitor://localhost",
]
KEPT_OUT = [
    "null",
    "http://one.example",
    "https://one.example:8443",
    "https://one.example.evil.example",
    "https://evil-one.example",
    "https://oneXexample",
    "https://two.example",
    "https://.evil.example/.two.example",
    "https://evil.example/a.two.example",
    "https://a.b.two.example",
    "https://a.two.example.evil.example",
    "https://a.two.example\n",
    "https://preview-7.three.example",
    "https://app.example.com.evil.example",
    "https://app.example.com:8443",
]


def cors(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith("Access-Control")}


@pytest.fixture
def listed(settings: Any) -> None:
    settings.AUTH_CORS_ALLOWED_ORIGINS = LISTED


@pytest.mark.parametrize("origin", [*LET_IN, *KEPT_OUT[:3]])
def test_any_origin_without_a_list(api: Api, origin: str) -> None:
    assert cors(api.get("/version", headers={"Origin": origin}).headers) == {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
    }


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("origin", LET_IN)
def test_67_listed_origins_are_answered_as_without_a_list(api: Api, settings: Any, origin: str) -> None:
    found = [
        (answer.status, cors(answer.headers), answer.headers["Vary"])
        for settings.AUTH_CORS_ALLOWED_ORIGINS in (LISTED, [])
        for answer in (api.call("OPTIONS", "/token", headers={"Origin": origin, **ASK}),)
    ]
    assert found[0] == found[1]
    assert found[0][1]["Access-Control-Allow-Origin"] == origin


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("origin", KEPT_OUT)
@pytest.mark.parametrize(("method", "path", "status"), [("OPTIONS", "/token", 204), ("GET", "/user", 401)])
def test_67_others_get_an_answer_that_no_browser_shows_them(
    api: Api, method: str, path: str, status: int, origin: str
) -> None:
    answer = api.call(method, path, headers={"Origin": origin, **ASK})
    assert (answer.status, cors(answer.headers), answer.headers["Vary"]) == (status, {}, VARY)


@pytest.mark.usefixtures("listed")
def test_clients_that_are_no_pages_are_served(api: Api) -> None:
    answer = api.sign_up()
    assert (answer.status, cors(answer.headers), answer.headers["Vary"]) == (200, {}, VARY)


def test_67_entry_that_is_no_pattern_lets_nobody_in(api: Api, settings: Any) -> None:
    settings.AUTH_CORS_ALLOWED_ORIGINS = ["*"]
    settings.AUTH_CLIENT_URL = ""
    assert cors(api.get("/version", headers={"Origin": "https://one.example"}).headers) == {}


@pytest.mark.parametrize("listed_there", [True, False])
@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_beside_django_cors_headers_no_header_comes_twice(
    api: Api, settings: Any, listed_there: bool, method: str
) -> None:
    settings.MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", *settings.MIDDLEWARE]
    settings.CORS_ALLOWED_ORIGINS = ["https://one.example"] if listed_there else []
    settings.CORS_ALLOW_CREDENTIALS = True
    headers = {"Origin": "https://one.example", "Access-Control-Request-Headers": "authorization"}
    answer = api.call(method, "/version", headers=headers)
    assert answer.status in (200, 204)
    names = [name.lower() for name, _ in answer.response.items()]
    assert len(names) == len(set(names))
    assert answer.headers["Access-Control-Allow-Origin"] == "https://one.example"
    vary = [name.strip().lower() for name in answer.headers["Vary"].split(",")]
    assert sorted(vary) == ["access-control-request-method", "origin"]
