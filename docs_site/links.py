"""Links that work on a page of the repository, made to work on the site."""

from __future__ import annotations

import re
from collections.abc import Callable
from posixpath import dirname, join, normpath, relpath

from docs_site import settings
from docs_site.pages import DOCS, OF_THE_REPOSITORY, REFERENCE, SOURCES, origin_of

FENCES = re.compile(r"(?ms)^(```.*?^```$)")
LINK = re.compile(r"\[(?P<text>[^\[\]]*)\]\((?!\w+:|#)(?P<target>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")
NAMED = re.compile(r"(?<!\[)`((?:AUTH|HASURA|POSTGRES)_[A-Z0-9_]+)`(?!\])")
SETTINGS_PAGE = "reference/settings.md"


class Astray(Exception):
    """A link to something that the site does not have."""


def adapted(text: str, page: str) -> str:
    """A page's Markdown with its links as the site needs them, and settings linked to where they are explained."""
    if page in REFERENCE:  # whose links are the site's already
        return text if page == SETTINGS_PAGE else _outside_code(text, lambda part: _link_settings(part, page))
    return _outside_code(text, lambda part: _link_settings(_lead(part, page), page))


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    return "".join(part if part.startswith("```") else change(part) for part in FENCES.split(text))


def _lead(text: str, page: str) -> str:
    def lead(link: re.Match[str]) -> str:
        there = place(link["target"], page)
        return f"[{link['text']}]({there}{link['anchor'] or ''})" if there else link["text"]

    return LINK.sub(lead, text)


def place(target: str, page: str) -> str:
    """Where a link of a page leads on the site, relative to that page; nowhere: empty. Raises Astray."""
    found = normpath(join(dirname(origin_of(page)), target))
    if found in OF_THE_REPOSITORY:
        return ""
    if found.startswith(f"{DOCS}/"):
        there = found.removeprefix(f"{DOCS}/")
    elif found in SOURCES:
        there = SOURCES[found]
    else:
        raise Astray(f"{origin_of(page)} links to {found}, for which the site has no page (docs_site/pages.py)")
    return relpath(there, dirname(page) or ".")


def _link_settings(text: str, page: str) -> str:
    there = relpath(SETTINGS_PAGE, dirname(page) or ".")

    def link(found: re.Match[str]) -> str:
        name = found[1]
        return f"[`{name}`]({there}#{settings.anchor(name)})" if name in settings.names() else found[0]

    lines = text.split("\n")
    return "\n".join(line if line.startswith("#") else NAMED.sub(link, line) for line in lines)
