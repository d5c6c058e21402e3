"""`auth_openapi`: the OpenAPI schema of the map, as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import get_resolver

from nhost_auth.conf import conf
from nhost_auth.http.openapi.document import document


class Command(BaseCommand):
    help = "Prints the OpenAPI schema of the API as JSON, or writes it to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, help="write it there instead")

    def handle(self, *_args: Any, file: Path | None = None, **_options: Any) -> None:
        # By name: the map stands above the commands and is not theirs to import.
        patterns = get_resolver("nhost_auth.urls").url_patterns
        text = json.dumps(document(patterns, server=conf.AUTH_SERVER_URL), indent=2)
        if file is None:
            self.stdout.write(text)
        else:
            file.write_text(text + "\n")
