"""The page of settings: conf.py, line by line, under its own headings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from docs_site.writing import code, escaped, sections, table
from nhost_auth.conf import Conf, all_settings
from nhost_auth.setting_kinds import Bool, Choice, Duration, Int, Json, KeyList, List, Setting

OURS = "Ours"
NAME = re.compile(r"`([A-Z0-9_]+)`")
HEAD = ("setting", "kind", "default", "meaning")
INTRODUCTION = """# Settings

Plain Django settings of these names; none has to be set. Nhost's server reads the same names from its environment,
except those [of this app alone](#ours). `nhost_auth.conf.from_env(os.environ)` turns an environment written for
Nhost's server into these settings, as the example project does. Times are seconds unless a line says otherwise.
`manage.py check` tells of names that nobody knows and of values of the wrong kind, `check --deploy` of what a server
should have.

"Planned" settings are known, so that one environment serves both servers, but what they steer is not in this version.
"""
KINDS = {
    Bool: "True or False",
    Choice: "one of",
    Duration: "seconds or a `timedelta`",
    Int: "whole number",
    Json: "dict, or its JSON",
    KeyList: "text or list of texts",
    List: "list of texts",
}


def page() -> str:
    parts = [INTRODUCTION]
    for group, members in grouped().items():
        origin = "Nhost has none of these." if group == OURS else "Nhost has these too."
        title = "Ours" if group == OURS else group
        parts.append(f"## {title}\n\n{origin}\n\n{table(HEAD, [_row(member) for member in members])}\n")
    return "\n".join(parts)


def anchor(name: str) -> str:
    return name.lower()


def grouped() -> dict[str, list[Setting[Any]]]:
    """The settings by the comments that divide conf.py. Those that a loop makes belong to what follows the loop."""
    homes = dict(_homes())
    found: dict[str, list[Setting[Any]]] = {group: [] for group in dict.fromkeys(homes.values())}
    group = OURS
    for setting in reversed(list(all_settings())):
        group = homes.get(setting.name, group)
        found[group].insert(0, setting)
    return found


def _homes() -> Iterator[tuple[str, str]]:
    for group, source in sections(inspect.getsource(Conf)):
        for name in re.findall(r"(?m)^    ([A-Z][A-Z0-9_]+) = ", source):
            yield name, group


def _row(setting: Setting[Any]) -> tuple[str, str, str, str]:
    meaning = _link(escaped(setting.meaning))
    return code(setting.name, anchor=anchor(setting.name)), _kind(setting), _default(setting), meaning


def _link(meaning: str) -> str:
    """With the other settings that it names as links."""

    def link(found: re.Match[str]) -> str:
        return f"[{found[0]}](#{anchor(found[1])})" if found[1] in names() else found[0]

    return NAME.sub(link, meaning)


@cache
def names() -> frozenset[str]:
    return frozenset(setting.name for setting in all_settings())


def _kind(setting: Setting[Any]) -> str:
    told = next((KINDS[kind] for kind in type(setting).__mro__ if kind in KINDS), "text")
    return f"{told} {', '.join(map(code, setting.choices))}" if isinstance(setting, Choice) else told


def _default(setting: Setting[Any]) -> str:
    if setting.default in ("", None):
        return "unset"
    return code(repr(setting.default).replace("'", '"'))
