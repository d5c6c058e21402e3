"""The `auth_openapi` command."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from nhost_auth.version import __version__


def printed(**options: Any) -> str:
    out = io.StringIO()
    call_command("auth_openapi", stdout=out, **options)
    return out.getvalue()


def test_schema_has_the_paths_of_the_map_below_the_server_s_address() -> None:
    schema = json.loads(printed())
    assert (schema["info"]["title"], schema["info"]["version"]) == ("Nhost Auth", __version__)
    assert schema["servers"] == [{"url": "https://auth.example.com/v1"}]
    assert len(schema["paths"]) == 76
    assert schema["paths"]["/signin/email-password"]["post"]["operationId"] == "signInEmailPassword"


def test_schema_goes_to_a_file(tmp_path: Path) -> None:
    assert printed(file=tmp_path / "schema.json") == ""
    assert (tmp_path / "schema.json").read_text() == printed()


def test_project_whose_server_has_no_address_yet_gets_paths_alone(settings: Any) -> None:
    settings.AUTH_SERVER_URL = ""
    assert "servers" not in json.loads(printed())
