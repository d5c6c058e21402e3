"""The page that shows the API: complete without any other server, and harmless on a project's own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.urls import include, path, set_script_prefix

from nhost_auth.http.openapi import pages
from nhost_auth.infra.templates import FOLDER

urlpatterns = [
    path("auth/", include("nhost_auth.urls")),
    path("developers/docs/", include("nhost_auth.urls_docs")),
    path("", include("tests.urls")),
]
pytestmark = pytest.mark.urls(__name__)
PAGE = "/developers/docs/"


def fetch(client: Client, address: str, **headers: str) -> Any:
    """The response, read to its end."""
    response: Any = client.get(address, headers=headers)
    if response.streaming:
        response.body = b"".join(response.streaming_content)
    response.close()
    return response


def links(text: str) -> list[str]:
    return [part.split('"')[1] for part in text.replace("src=", "href=").split("href=")[1:]]


def test_page_loads_what_is_beside_it_and_nothing_else(client: Client) -> None:
    shown = client.get(PAGE)
    assert shown.status_code == 200
    named = links(shown.content.decode())
    assert len(named) == 6
    for name in named:
        address = urljoin(PAGE, name)
        assert address.startswith(PAGE)
        assert fetch(client, address).status_code == 200


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("page.js", "text/javascript"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("page.css", "text/css"),
        ("swagger-ui.css", "text/css"),
        ("favicon-32x32.png", "image/png"),
    ],
)
def test_file_is_told_what_it_is_and_sent_once(client: Client, name: str, kind: str) -> None:
    first = fetch(client, PAGE + name)
    assert first.headers["Content-Type"].partition(";")[0] == kind
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.body
    again = fetch(client, PAGE + name, **{"If-Modified-Since": first.headers["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["../page.js", "swagger-ui.js", "index.html", "nothing"])
def test_no_other_file_is_served(client: Client, name: str) -> None:
    assert client.get(PAGE + name).status_code == 404


def test_page_lets_scripts_of_this_server_run_and_calls_go_to_it_alone(client: Client) -> None:
    parts = client.get(PAGE).headers["Content-Security-Policy"].split("; ")
    policy = dict(part.split(" ", 1) for part in parts)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"


def test_no_visitor_s_address_is_sent_to_swagger_s_own_server() -> None:
    script = (FOLDER.parent / "static/nhost_auth/openapi/page.js").read_text()
    assert "validatorUrl: null" in script


def test_document_has_our_paths_alone_at_the_host_s_prefix(client: Client) -> None:
    told = client.get(PAGE + "openapi.json").json()
    assert "servers" not in told
    assert {where.split("/")[1] for where in told["paths"]} == {"auth"}
    assert len(told["paths"]) == 76


def test_document_names_the_folder_that_a_server_serves_the_project_in(client: Client) -> None:
    set_script_prefix("/shop/")
    try:
        told = client.get(PAGE + "openapi.json").json()
    finally:
        set_script_prefix("/")
    assert told["servers"] == [{"url": "/shop"}]


def test_document_does_not_ask_what_the_host_tells_drf_spectacular(client: Client, settings: Any) -> None:
    told = client.get(PAGE + "openapi.json").content
    pages._written.cache_clear()
    settings.SPECTACULAR_SETTINGS = {"TITLE": "Shop", "SCHEMA_PATH_PREFIX_INSERT": "/shop", "OAS_VERSION": "3.1.0"}
    assert client.get(PAGE + "openapi.json").content == told


@pytest.mark.parametrize("name", ["", "openapi.json", "page.js"])
def test_pages_are_read_and_no_more(client: Client, name: str) -> None:
    head = client.head(PAGE + name)
    head.close()
    assert head.status_code == 200
    assert client.post(PAGE + name).status_code == 405
