"""`auth_openapi`: the OpenAPI schema of the map, as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import get_resolver

from nhost_auth.conf import conf
from nhost_auth.version import __version__


def schema() -> dict[str, Any]:
    """The schema of the whole map. Raises ImportError without drf-spectacular."""
    from drf_spectacular.generators import SchemaGenerator

    from nhost_auth.http import openapi  # noqa: F401 - gives the endpoints their schemas

    # By name: the map stands above the commands and is not theirs to import.
    generator: Any = SchemaGenerator
    found: dict[str, Any] = generator(patterns=get_resolver("nhost_auth.urls").url_patterns).get_schema(public=True)
    info = {"title": "Nhost Auth", "version": __version__}
    return found | {"info": info, "servers": [{"url": conf.AUTH_SERVER_URL}]}


class Command(BaseCommand):
    help = "Prints the OpenAPI schema of the API as JSON, or writes it to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, help="write it there instead")

    def handle(self, *_args: Any, file: Path | None = None, **_options: Any) -> None:
        try:
            text = json.dumps(schema(), indent=2)
        except ImportError as error:
            raise CommandError("This needs drf-spectacular: pip install nhost-auth[openapi]") from error
        if file is None:
            self.stdout.write(text)
        else:
            file.write_text(text + "\n")
