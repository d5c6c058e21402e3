"""The page of endpoints: the map in its own order, with what each story declares of itself."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from django.urls import get_resolver

from docs_site.settings import anchor as setting_anchor
from docs_site.shapes import Answers, inputs
from docs_site.writing import code, line, prose, sections, table
from nhost_auth import urls
from nhost_auth.errors import AuthError, BotCheckFailed
from nhost_auth.http import refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.payloads import Page, Redirect
from nhost_auth.http.url_map import rows

INTRODUCTION = """# Endpoints

Paths are below the prefix of your `include("nhost_auth.urls")`. Bodies and answers are JSON; a member that is not
listed is refused, and so is `null`. `manage.py auth_map` prints this list, `manage.py auth_openapi` writes it for
programs. What the error codes mean stands [among the errors](errors.md), what `bearer` and the like ask for [at the
end](#guards).
"""
MUDBASE = """## Mudbase's call

Not part of the map; a project includes it by `path("api/auth/", include("nhost_auth.urls_mudbase"))`.
"""
GUARDS = """## Guards

Who may call an operation. The token is an access token in `Authorization: Bearer …`.
"""
SHAPES = """## Answers

Members of the objects that operations answer with. "?" behind a name: not always there.
"""


@dataclass(frozen=True)
class Operation:
    """A method of a path."""

    method: str
    path: str
    endpoint: type[Endpoint]
    story: Story

    @property
    def anchor(self) -> str:
        return f"{self.method} {self.path}".lower().translate(str.maketrans(" /", "--", "{}.")).replace("--", "-")


def page() -> str:
    answers = Answers()
    parts = [INTRODUCTION]
    for group, operations in grouped().items():
        parts += [f"## {group}\n", *_family(operations, answers)]
    parts += [MUDBASE, *_family(list(served("nhost_auth.urls_mudbase")), answers)]
    return "\n".join([*parts, GUARDS, _guards(), "", SHAPES, answers.page(), ""])


def grouped() -> dict[str, list[Operation]]:
    """The operations of the map by the comments that divide it."""
    found: dict[str, list[Operation]] = {}
    operations = list(served("nhost_auth.urls"))
    for group, source in sections(inspect.getsource(urls)):
        paths = {_readable(path) for path in re.findall(r'path\(\s*"([^"]*)"', source)}
        found[group] = [operation for operation in operations if operation.path in paths]
    return found


def served(urlconf: str) -> Iterator[Operation]:
    for row in rows(get_resolver(urlconf).url_patterns):
        yield Operation(row.method.upper(), row.path, row.endpoint, row.story)


def _readable(route: str) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def _family(operations: list[Operation], answers: Answers) -> Iterator[str]:
    told = None
    for operation in operations:
        if operation.endpoint is not told:
            told = operation.endpoint
            yield f"{prose(sys.modules[told.__module__].__doc__)}\n"
        yield _section(operation, answers)


def _section(operation: Operation, answers: Answers) -> str:
    story = operation.story
    facts = table(("operation", code(story.operation)), [fact for fact in _facts(operation, answers) if fact[1]])
    fields = table(("member", "kind", ""), inputs(story.request)) if story.request else ""
    optional = "Request, which may be left out:" if story.request_optional else "Request:"
    parts = [
        f"### {operation.method} {operation.path} {{ #{operation.anchor} }}",
        facts,
        f"{optional}\n\n{fields}" if fields else "",
        f"Query:\n\n{table(('parameter', 'kind', ''), inputs(story.query))}" if story.query else "",
        f"Form:\n\n{table(('field', 'kind', ''), inputs(story.form))}" if story.form else "",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _facts(operation: Operation, answers: Answers) -> Iterator[tuple[str, str]]:
    story = operation.story
    yield "told in", code(operation.endpoint.__module__.replace(".", "/") + ".py")
    yield "who", _who(story)
    yield "needs", ", ".join(_switch(toggle) for toggle in (*story.toggles, *filter(None, [story.exists_with])))
    yield "limits", ", ".join(map(code, ("global", *story.limits)))
    yield "answer", _answer(story, answers)
    for status, errors in refusals.by_status(story, operation.endpoint).items():
        yield f"error {status}", ", ".join(dict.fromkeys(map(_told, errors)))


def _told(error: type[AuthError]) -> str:
    return "Turnstile" if issubclass(error, BotCheckFailed) else f"[{code(error.code)}](errors.md#{error.code.lower()})"


def _who(story: Story) -> str:
    who = f"[{code(story.guard.__name__)}](#guards)" if story.guard else "anybody"
    return (
        f"{who}, behind Turnstile where [`AUTH_TURNSTILE_SECRET`](settings.md#auth_turnstile_secret) is set"
        * (story.turnstile)
        or who
    )


def _switch(name: str) -> str:
    """A setting that has to be on; those that forbid have to be off."""
    link = f"[{code(name)}](settings.md#{setting_anchor(name)})"
    return f"{link} off" if name.startswith("AUTH_DISABLE_") else link


def _answer(story: Story, answers: Answers) -> str:
    """An answer may be one of several kinds where a redirect is among them."""
    kinds = get_args(story.answer) if Redirect in get_args(story.answer) else [story.answer]
    named = {Redirect: "a redirect", Page: "a page of HTML", None: "nothing but the status"}
    return " or ".join(named[kind] if kind in named else answers.refer(kind) for kind in kinds)


def _guards() -> str:
    guards = {story.guard for group in grouped().values() for story in (item.story for item in group) if story.guard}
    rows = [(code(guard.__name__), _asks(guard)) for guard in sorted(guards, key=lambda guard: guard.__name__)]
    return table(("guard", "asks for"), rows)


def _asks(guard: Any) -> str:
    return re.sub(r" Raises \w+\.", "", line(guard.__doc__))
