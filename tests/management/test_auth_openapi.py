"""The `auth_openapi` command."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from nhost_auth.version import __version__


def printed(**options: Any) -> str:
    out = io.StringIO()
    call_command("auth_openapi", stdout=out, **options)
    return out.getvalue()


def test_schema_has_the_paths_of_the_map_below_the_server_s_address() -> None:
    schema = json.loads(printed())
    assert schema["info"] == {"title": "Nhost Auth", "version": __version__}
    assert schema["servers"] == [{"url": "https://auth.example.com/v1"}]
    assert len(schema["paths"]) == 60
    assert schema["paths"]["/signin/email-password"]["post"]["operationId"] == "signInEmailPassword"


def test_schema_goes_to_a_file(tmp_path: Path) -> None:
    assert printed(file=tmp_path / "schema.json") == ""
    assert (tmp_path / "schema.json").read_text() == printed()


def test_without_drf_spectacular_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "drf_spectacular.generators", None)
    with pytest.raises(CommandError, match=r"nhost-auth\[openapi\]"):
        printed()
