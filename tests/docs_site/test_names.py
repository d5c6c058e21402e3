"""What the documents name exists: settings, endpoints, commands, signals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs_site import commands, signals
from nhost_auth.conf import all_settings
from nhost_auth.management.commands import auth_map
from nhost_auth.rest import __all__ as exported
from tests.contract.test_map import OPERATIONS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
PAGES = sorted([*DOCUMENTS, *(ROOT / "docs").rglob("*.md")])
OF_DJANGO = {"AUTH_PASSWORD_VALIDATORS", "AUTH_USER_MODEL", "AUTH_HEADER_TYPES"}
PLACEHOLDERS = {"AUTH_X", "AUTH_PROVIDER_X_CLIENT_ID"}
OTHERS_PATHS = {"/x"}
named = pytest.mark.parametrize("file", PAGES, ids=lambda file: file.relative_to(ROOT).as_posix())


@named
def test_settings(file: Path) -> None:
    """Those that end in an underscore or an ellipsis stand for several."""
    found = set(re.findall(r"\b(?:AUTH|HASURA_GRAPHQL)_[A-Z0-9_]*[A-Z0-9]\b(?!…)", file.read_text()))
    known = {setting.name for setting in all_settings()} | OF_DJANGO | PLACEHOLDERS
    assert {name for name in found - known if not any(other.startswith(f"{name}_") for other in known)} == set()


@named
def test_endpoints(file: Path) -> None:
    rows = {(row.method, re.sub(r"{\w+}", "*", row.path)) for row in auth_map.rows()}
    found = re.findall(r"\b(GET|POST|PATCH|DELETE|HEAD) (/[^\s`,;:|)?]+)", file.read_text())
    paths = {(method, re.sub(r"<[^>]*>|{\w+}|github", "*", path.rstrip("."))) for method, path in found}
    assert {(method, path) for method, path in paths - rows if path not in OTHERS_PATHS} == set()


@named
def test_commands(file: Path) -> None:
    found = set(re.findall(r"manage\.py (auth_\w+)|`(auth_[a-z_]+)\b", file.read_text()))
    assert {name for pair in found for name in pair if name} - set(commands.names()) == set()


@named
def test_methods_of_the_client(file: Path) -> None:
    """In sentences about JavaScript."""
    told = " ".join(re.findall(r"(?s)\bIn\s+JavaScript[:,].*?\n\n", file.read_text()))
    methods = {name.removeprefix("nhost.auth.") for name in re.findall(r"`((?:nhost\.auth\.)?[a-z]+[A-Z]\w+)\b", told)}
    assert methods - {operation["operation"] for operation in OPERATIONS} == set()


def test_signals_and_what_host_projects_import() -> None:
    text = "\n".join(file.read_text() for file in PAGES)
    lines = re.findall(r"from nhost_auth\.signals import ([\w, ]+)", text)
    assert {name for line in lines for name in line.split(", ")} <= set(signals.names())
    lines = re.findall(r"from nhost_auth\.rest import ([\w, ]+)", text)
    assert {name for line in lines for name in line.split(", ")} <= set(exported)
