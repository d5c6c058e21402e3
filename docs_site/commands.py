"""The page of management commands: what `--help` says of each, without what Django adds to all."""

from __future__ import annotations

import argparse
import pkgutil
from collections.abc import Iterator

from django.core.management import load_command_class
from django.core.management.base import BaseCommand

from docs_site.writing import code, escaped, table
from nhost_auth.management import commands

INTRODUCTION = """# Management commands

All work beside a running server. [Running it](../operating.md) tells when to use which.
"""


def page() -> str:
    return "\n".join([INTRODUCTION, *map(_section, names())])


def names() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(commands.__path__)]


def _section(name: str) -> str:
    command = load_command_class("nhost_auth", name)
    parser = command.create_parser("manage.py", name)
    rows = table(("argument", "meaning"), _arguments(parser, shared=_shared()))
    return f"## {name}\n\n{escaped(command.help)}\n\n{rows}\n"


def _shared() -> set[str]:
    """Options that every command of Django has."""
    return {option for action in _actions(BaseCommand().create_parser("manage.py", "")) for option in _names(action)}


def _arguments(parser: argparse.ArgumentParser, *, shared: set[str], before: str = "") -> Iterator[tuple[str, str]]:
    for action in _actions(parser):
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no other name for it
            helps = {choice.dest: choice.help for choice in action._choices_actions}  # noqa: SLF001
            for name, further in action.choices.items():
                yield code(name), escaped(helps.get(name) or "")
                yield from _arguments(further, shared=shared, before=f"{name} ")
        elif not shared & set(_names(action)):
            yield code(before + ", ".join(_names(action)) + _value(action)), _meaning(action)


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return parser._actions  # noqa: SLF001 - as Django's own commands do


def _names(action: argparse.Action) -> list[str]:
    return list(action.option_strings) or [str(action.metavar or action.dest)]


def _value(action: argparse.Action) -> str:
    return f" {action.metavar or action.dest.upper()}" if action.option_strings and action.nargs != 0 else ""


def _meaning(action: argparse.Action) -> str:
    told = (action.help or "") % {"default": action.default} if "%(" in (action.help or "") else action.help or ""
    choices = f" One of {', '.join(map(code, action.choices))}." if action.choices else ""
    return escaped(told) + ("." if told and choices and not told.endswith(".") else "") + choices
