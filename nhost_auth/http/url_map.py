"""What URLs lead to: a row for each method of each path that a story of ours answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver
from rest_framework.schemas.generators import EndpointEnumerator

from nhost_auth.http.endpoint import NO_SUCH_METHOD, Endpoint, Story


class Row(NamedTuple):
    """A method, in lower case, of a path; `route` is Django's own spelling of the path."""

    route: str
    method: str
    endpoint: type[Endpoint]
    name: str

    @property
    def story(self) -> Story:
        return self.endpoint.stories[self.name]

    @property
    def path(self) -> str:
        """As people and OpenAPI write it, `/token/provider/{provider}`."""
        return "/" + EndpointEnumerator(patterns=[]).get_path_from_regex(self.route).removeprefix("/")


def rows(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[Row]:
    """The stories below these URLs, in their order; views of others are passed over."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        view: Any = pattern.callback
        if isinstance(pattern, URLResolver):
            yield from rows(pattern.url_patterns, route)
        elif issubclass(getattr(view, "cls", object), Endpoint):
            for method, name in view.actions.items():
                if name != NO_SUCH_METHOD:
                    yield Row(route, method, view.cls, name)
