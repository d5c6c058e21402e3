"""The document of our own: what of a project's URLs is ours, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import include, path, re_path
from drf_spectacular.validation import validate_schema
from rest_framework.views import APIView

from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.openapi.document import document
from tests import described


class Unnamed(Endpoint):
    stories = {"tell": Story()}

    def tell(self) -> Any: ...


def paths(*patterns: Any) -> dict[str, Any]:
    told: dict[str, Any] = document(patterns)["paths"]
    return told


def test_document_is_openapi() -> None:
    validate_schema(document(described.urlpatterns))


def test_operations_are_those_that_drf_spectacular_shows_and_head() -> None:
    ours, theirs = paths(*described.urlpatterns), described.schema()["paths"]
    assert ours["/v1/healthz"].pop("head")["operationId"] == "healthCheckHead"
    assert {path: set(methods) for path, methods in ours.items()} == {
        path: set(methods) for path, methods in theirs.items()
    }
    told = [operation for methods in ours.values() for operation in methods.values()]
    for operation in told:
        twin = described.operations()[operation["operationId"]]
        for part in ("summary", "description", "tags", "parameters", "security"):
            assert json.dumps(operation[part]) == json.dumps(twin[part])


def test_head_answers_without_a_body() -> None:
    assert paths(*described.urlpatterns)["/v1/healthz"]["head"]["responses"]["200"] == {"description": "All is well."}


def test_null_is_told_as_openapi_3_0_tells_it() -> None:
    found = document(described.urlpatterns)
    assert found["openapi"] == "3.0.3"
    assert found["components"]["schemas"]["NhostUser"]["properties"]["metadata"] == {"type": "object", "nullable": True}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (path("v1/", include("nhost_auth.urls")), "/v1/user"),
        (path("", include("nhost_auth.urls")), "/user"),
        (re_path(r"^api/auth/", include("nhost_auth.urls")), "/api/auth/user"),
        (path("api/", include([path("v2/", include("nhost_auth.urls"))])), "/api/v2/user"),
        (path("<slug:tenant>/", include("nhost_auth.urls")), "/{tenant}/user"),
    ],
    ids=["prefix", "none", "regular expression", "nested", "parameter"],
)
def test_paths_are_those_of_the_host(host: Any, expected: str) -> None:
    found = paths(host)
    assert expected in found
    assert expected.removesuffix("user") + ".well-known/jwks.json" in found
    assert len(found) == 76


def test_parameter_of_the_host_s_prefix_is_told() -> None:
    told = paths(path("<slug:tenant>/", include("nhost_auth.urls")))["/{tenant}/user"]["get"]["parameters"]
    assert [(part["name"], part["in"]) for part in told] == [("tenant", "path")]


def test_api_that_is_included_twice_is_told_once() -> None:
    found = paths(path("v1/", include("nhost_auth.urls")), path("v2/", include("nhost_auth.urls", namespace="again")))
    assert {where.split("/")[1] for where in found} == {"v1"}


def test_views_of_others_and_stories_without_a_name_are_left_out() -> None:
    assert not paths(
        path("plain", lambda _request: HttpResponse()),
        path("rest", APIView.as_view()),
        path("unnamed", Unnamed.as_view({"get": "tell"})),
    )


def test_tags_are_those_that_are_used_in_the_order_of_the_map() -> None:
    tags = document([path("v1/", include("nhost_auth.urls"))])["tags"]
    assert [tag["name"].removeprefix("auth: ") for tag in tags] == [
        *("sign up", "sign in", "tokens", "user", "elevation", "OAuth2", "server")
    ]
    assert all(tag["description"] for tag in tags)


def test_server_stands_before_the_paths() -> None:
    assert document([], server="https://example.com/v1")["servers"] == [{"url": "https://example.com/v1"}]
