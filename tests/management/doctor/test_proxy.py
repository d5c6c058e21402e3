"""AUTH_SERVER_URL, the hosts and what a proxy does to requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_script_prefix, include, path, set_script_prefix

from nhost_auth.management.doctor import proxy as subject
from tests.management.doctor.reading import errors, is_well, texts, warnings

urlpatterns = [path("api/", include([path("<slug:tenant>/auth/", include("nhost_auth.urls"))]))]


@pytest.fixture(autouse=True)
def sound(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["auth.example.com"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.fixture
def script() -> Iterator[None]:
    before = get_script_prefix()
    set_script_prefix("/behind/")
    yield
    set_script_prefix(before)


def test_address_that_leads_here_is_well() -> None:
    assert is_well(subject)
    assert texts(subject, "ok") == ["https://auth.example.com/v1 is this API."]


def test_missing_address_is_an_error(settings: Any) -> None:
    settings.AUTH_SERVER_URL = ""
    assert errors(subject) == ["AUTH_SERVER_URL is empty: links in mails lead nowhere."]


def test_host_of_the_address_has_to_be_allowed(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["www.example.com"]
    assert errors(subject) == [
        "ALLOWED_HOSTS lacks auth.example.com, the host of AUTH_SERVER_URL: each request gets 400."
    ]
    settings.ALLOWED_HOSTS = [".example.com"]
    assert is_well(subject)


def test_no_hosts_are_this_machine_in_debug_and_nobody_else(settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.AUTH_SERVER_URL = [], "http://localhost:8000/v1"
    settings.SECURE_PROXY_SSL_HEADER = None
    assert len(errors(subject)) == 1
    settings.DEBUG = True
    assert not errors(subject)


def test_any_host_is_a_warning_and_one_more_where_the_proxy_forwards_it(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert warnings(subject) == ["ALLOWED_HOSTS takes any host."]
    settings.USE_X_FORWARDED_HOST = True
    assert len(warnings(subject)) == 2
    settings.ALLOWED_HOSTS = ["auth.example.com"]
    assert is_well(subject)


def test_debug_is_a_warning(settings: Any) -> None:
    settings.DEBUG = True
    assert warnings(subject) == ["DEBUG is on: error pages show settings and code to everybody."]


def test_proxys_header_has_to_agree_with_the_address(settings: Any) -> None:
    settings.AUTH_SERVER_URL = "http://auth.example.com/v1"
    assert [text.partition(",")[0] for text in warnings(subject)] == ["SECURE_PROXY_SSL_HEADER is set"]
    settings.SECURE_PROXY_SSL_HEADER = None
    assert is_well(subject)
    settings.AUTH_SERVER_URL = "https://auth.example.com/v1"
    assert warnings(subject) == ["AUTH_SERVER_URL is https, but SECURE_PROXY_SSL_HEADER is not set."]


@pytest.mark.parametrize("wrong", ["", "/", "/v2", "/v1/v1", "/admin"])
def test_path_of_the_address_has_to_be_where_the_api_is(settings: Any, wrong: str) -> None:
    settings.AUTH_SERVER_URL = f"https://auth.example.com{wrong}"
    assert warnings(subject) == [f"AUTH_SERVER_URL ends in {wrong or '/'}, but the API is at /v1/."]
    settings.AUTH_SERVER_URL = "https://auth.example.com/v1/"
    assert is_well(subject)


@pytest.mark.urls("nhost_auth.urls")
def test_api_may_be_the_whole_site(settings: Any) -> None:
    settings.AUTH_SERVER_URL = "https://auth.example.com"
    assert is_well(subject)
    settings.AUTH_SERVER_URL = "https://auth.example.com/v1"
    assert warnings(subject) == ["AUTH_SERVER_URL ends in /v1, but the API is at /."]


@pytest.mark.urls(__name__)
def test_path_may_have_parameters_and_stand_in_includes(settings: Any) -> None:
    settings.AUTH_SERVER_URL = "https://auth.example.com/api/acme/auth"
    assert is_well(subject)
    settings.AUTH_SERVER_URL = "https://auth.example.com/acme"
    assert warnings(subject) == ["AUTH_SERVER_URL ends in /acme, but the API is at /api/<slug:tenant>/auth/."]


def test_path_that_the_server_takes_away_stands_before(settings: Any, script: None) -> None:
    assert warnings(subject) == ["AUTH_SERVER_URL ends in /v1, but the API is at /behind/v1/."]
    settings.AUTH_SERVER_URL = "https://auth.example.com/behind/v1"
    assert is_well(subject)


@pytest.mark.urls("django.contrib.auth.urls")
def test_api_that_is_not_included_is_an_error() -> None:
    assert errors(subject) == ["ROOT_URLCONF does not include nhost_auth.urls."]
