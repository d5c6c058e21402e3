"""GET and HEAD /healthz (accounts.md 3.21)."""

from __future__ import annotations

import pytest
from django.urls import include, path

from nhost_auth.endpoints.healthz import Healthz
from tests.conftest import Api

# A project with the API below a prefix that lets load balancers ask at the root.
urlpatterns = [
    path("healthz", Healthz.as_view({"get": "root", "head": "head"})),
    path("v1/", include("nhost_auth.urls")),
]


def test_get_says_ok(api: Api) -> None:
    reply = api.get("/healthz")
    assert (reply.status, reply.text) == (200, '"OK"\n')


def test_head_says_nothing(api: Api) -> None:
    reply = api.call("HEAD", "/healthz")
    assert (reply.status, reply.text) == (200, "")


@pytest.mark.urls(__name__)
def test_root_says_ok_in_its_own_way(api: Api) -> None:
    reply = api.get("/healthz", prefix="")
    assert (reply.status, reply.json) == (200, {"status": "ok"})
    assert api.call("HEAD", "/healthz", prefix="").text == ""
    assert api.get("/healthz").json == "OK"


def test_no_token_is_looked_at(api: Api) -> None:
    assert api.get("/healthz", token="a.b.c").status == 200
