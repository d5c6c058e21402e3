"""`auth_map`: every path with its method, operation, guard, toggles and rate limits; as a table or as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import get_resolver

from nhost_auth.http.endpoint import Story
from nhost_auth.http.url_map import Row, rows
from nhost_auth.management.tables import table


def described(row: Row) -> dict[str, Any]:
    story = row.story
    return {
        "method": row.method.upper(),
        "path": row.path,
        "endpoint": row.endpoint.__module__.removeprefix("nhost_auth."),
        "story": row.name,
        "guard": _guard(story),
        "toggles": [*story.toggles, *filter(None, [story.exists_with])],
        "limits": ["global", *story.limits],
    }


def _guard(story: Story) -> str:
    """Who may call it; `turnstile` where it is asked first, if there is a secret for it."""
    who = story.guard.__name__ if story.guard else "anyone"
    return f"turnstile, {who}" if story.turnstile else who


class Command(BaseCommand):
    help = "Prints the map of the API: method, path, where its code is, who may call it, what switches and limits it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *_args: Any, **options: Any) -> None:
        # By name: the map stands above the commands and is not theirs to import.
        found = [described(row) for row in rows(get_resolver("nhost_auth.urls").url_patterns)]
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
            return
        self.stdout.write(table([list(found[0]), *([_cell(value) for value in row.values()] for row in found)]))


def _cell(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
