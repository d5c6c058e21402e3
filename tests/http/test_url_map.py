"""What URLs lead to: stories of ours, wherever a host has put them."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import include, path, re_path
from rest_framework.views import APIView

from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.url_map import Row, rows

TELL, ASK = Story(), Story()


class Noun(Endpoint):
    stories = {"tell": TELL, "ask": ASK}

    def tell(self) -> Any: ...

    def ask(self) -> Any: ...


OURS = path("noun/<str:name>", Noun.as_view({"get": "tell", "post": "ask"}))
OTHERS = [path("plain", lambda _request: HttpResponse()), path("rest", APIView.as_view())]


def test_each_method_with_a_story_is_a_row_and_nothing_else() -> None:
    found = list(rows([OURS, *OTHERS]))
    assert found == [Row("noun/<str:name>", "get", Noun, "tell"), Row("noun/<str:name>", "post", Noun, "ask")]
    assert [row.story for row in found] == [TELL, ASK]


@pytest.mark.parametrize(
    ("pattern", "route", "readable"),
    [
        (OURS, "noun/<str:name>", "/noun/{name}"),
        (path("v1/", include([OURS])), "v1/noun/<str:name>", "/v1/noun/{name}"),
        (path("a/", include([path("b/", include([OURS]))])), "a/b/noun/<str:name>", "/a/b/noun/{name}"),
        (re_path("^v1/", include([OURS])), "^v1/noun/<str:name>", "/v1/noun/{name}"),
        (path("<slug:tenant>/", include([OURS])), "<slug:tenant>/noun/<str:name>", "/{tenant}/noun/{name}"),
    ],
    ids=["alone", "prefix", "nested", "regular expression", "parameter"],
)
def test_path_is_the_whole_one_as_people_write_it(pattern: Any, route: str, readable: str) -> None:
    assert {(row.route, row.path) for row in rows([pattern])} == {(route, readable)}


def test_rows_stand_in_the_order_of_the_urls() -> None:
    again = path("another", Noun.as_view({"get": "ask"}))
    assert [row.path for row in rows([again, OURS])] == ["/another", "/noun/{name}", "/noun/{name}"]
