"""What the documents name exists: settings, endpoints, commands and their options, errors, signals, checks, modules.

The other way round, that all there is is told, is test_reference.py.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.urls import get_resolver
from django.utils.module_loading import import_string

from docs_site import commands, signals
from nhost_auth.conf import all_settings
from nhost_auth.http.url_map import rows
from nhost_auth.infra.providers import PROVIDERS
from nhost_auth.rest import __all__ as exported
from tests.contract.test_map import OPERATIONS

ROOT = Path(__file__).parents[2]
MAP = get_resolver("nhost_auth.urls").url_patterns
DOCUMENTS = [ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY", "CHANGELOG", "benchmarks/REPORT")]
PAGES = sorted([*DOCUMENTS, *(ROOT / "docs").rglob("*.md")])
SETTING = r"(?:AUTH|HASURA_GRAPHQL|POSTGRES)_[A-Z0-9_]*[A-Z0-9]"
OF_DJANGO = {"AUTH_PASSWORD_VALIDATORS", "AUTH_USER_MODEL", "AUTH_HEADER_TYPES"}
OF_OTHERS = {"/x", "/app", "/inbox", "/passkeys", "/docs/", "/accounts/", "/user/emails", "/etc/shop.env"}
"""Paths of the demo, of providers, of allauth, of a machine."""
WORDS_OF_OTHERS = {
    # providers
    *("confirmed_at", "family_name", "invalid_client", "offline_access", "profile_image_url_https", "r_emailaddress"),
    *("r_liteprofile", "redirect_mismatch", "redirect_uri_mismatch", "user_cancelled_authorize"),
    # OpenID Connect, MCP and Authlib
    *("acr_values", "authorization_servers", "insecure_transport"),
    # PostgreSQL and PgBouncer
    *("default_pool_size", "idle_in_transaction_session_timeout", "max_client_conn", "max_connections"),
    *("max_prepared_statements", "statement_timeout"),
    # Django, its ORM and packages beside it
    *("annotation_col_map", "date_joined", "db_worker", "devices_for_user", "get_converters", "klass_info"),
    *("login_required", "lru_cache", "otp_required", "permission_required", "prune_db_task_results", "as_sql"),
    # programs, claims, and what is put together of two parts
    *("bad-email", "lint-imports", "redis-server", "x-hasura-user-id"),
}
CLAIMS = {"auth_time"}
"""What looks like a command."""
named = pytest.mark.parametrize("file", PAGES, ids=lambda file: file.relative_to(ROOT).as_posix())


@cache
def source() -> str:
    """Everything that a name can come from: the app, its templates' names, what it depends on."""
    files = [*(ROOT / "nhost_auth").rglob("*.py"), *(ROOT / "example_project").glob("*.py"), ROOT / "pyproject.toml"]
    templates = [path.as_posix() for path in (ROOT / "nhost_auth/templates").rglob("*")]
    backends = (import_string(f"nhost_auth.infra.providers.{path}").link for path in PROVIDERS.values())
    return "\n".join([*(file.read_text() for file in files), *templates, *backends])


def is_known(word: str) -> bool:
    return word in WORDS_OF_OTHERS or re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", source()) is not None


@named
def test_settings(file: Path) -> None:
    """Those that end in an underscore and an ellipsis stand for several; those that begin with one are cut short."""
    known = {setting.name for setting in all_settings()}
    text = file.read_text()
    assert set(re.findall(rf"\b{SETTING}\b(?!…)", text)) - known - OF_DJANGO == set()
    beginnings = re.findall(rf"\b({SETTING}_)(?=…)", text)
    assert [name for name in beginnings if not any(other.startswith(name) for other in known)] == []
    ends = re.findall(r"`(_[A-Z0-9_]+)`", text)
    assert [name for name in ends if not any(other.endswith(name) for other in known)] == []


@named
def test_endpoints(file: Path) -> None:
    served = {(row.method.upper(), re.sub(r"{\w+}", "*", row.path)) for row in rows(MAP)}
    found = re.findall(r"\b(GET|POST|PATCH|DELETE|HEAD) (/[^\s`,;:|)?]+)", file.read_text())
    paths = {(method, general(path.rstrip("."))) for method, path in found}
    assert {(method, path) for method, path in paths - served if path not in OF_OTHERS} == set()


@named
def test_paths_without_a_method(file: Path) -> None:
    """A path may be cut short at its end by an ellipsis, and at its beginning where the one before it is told."""
    served = {re.sub(r"{\w+}", "*", row.path) for row in rows(MAP)}
    found = {path.partition("?")[0] for path in re.findall(r"`(/[^`\s]*)`", file.read_text())} - OF_OTHERS
    for path in map(general, found):
        whole = {*served, *(other[: -len(end)] for other in served for end in ("/*",) if other.endswith(end))}
        beginning = path.endswith("…") and any(other.startswith(path.rstrip("…/")) for other in served)
        assert path in whole or beginning or any(other.endswith(path) for other in served), path


def general(path: str) -> str:
    """With a provider's name, and whatever else is in its place, as the map's parameter."""
    return re.sub(rf"<[^>]*>|{{\w+}}|(?<=/provider/)(c:\w+|{'|'.join(PROVIDERS)})(?=/|$)", "*", path)


@named
def test_commands(file: Path) -> None:
    found = set(re.findall(r"manage\.py (auth_\w+)|`(auth_[a-z_]+)\b", file.read_text()))
    assert {name for pair in found for name in pair if name} - set(commands.names()) - CLAIMS == set()


@named
def test_options_of_commands(file: Path) -> None:
    for name, rest in re.findall(r"\b(auth_[a-z_]+) ([^`\n|]*--[^`\n|]*)", file.read_text()):
        known = set(re.findall(r"--[a-z-]+", commands._section(name))) | {"--help", "--noinput", "--fail-level"}
        assert set(re.findall(r"--[a-z][a-z-]+", rest)) - known == set(), name


@named
def test_errors_templates_and_reasons(file: Path) -> None:
    words = re.findall(r"`([a-z]+(?:-[a-z0-9]+)+)`", file.read_text())
    assert [word for word in words if not is_known(word)] == []


@named
def test_signals_fixtures_columns_and_claims(file: Path) -> None:
    words = re.findall(r"`([a-z]+(?:_[a-z]+)+)`", file.read_text())
    assert [word for word in words if not is_known(word)] == []


@named
def test_signals(file: Path) -> None:
    found = re.findall(r"\bsignals? `(\w+)`|`(\w+)`, a signal\b", file.read_text())
    assert {name for pair in found for name in pair if name} - set(signals.names()) == set()


@named
def test_system_checks(file: Path) -> None:
    found = set(re.findall(r"(?<!security\.)\b[EW]\d{3}\b", file.read_text()))
    assert [name for name in found if not re.search(rf"\b{name}\b", source())] == []


@named
def test_modules_classes_and_loggers(file: Path) -> None:
    loggers = set(re.findall(r'getLogger\("(nhost_auth[\w.]+)"\)', source()))
    for name in set(re.findall(r"`(nhost_auth(?:\.\w+)+)", file.read_text())) - loggers - {PERMISSION}:
        assert find_spec_or_member(name), name


PERMISSION = "nhost_auth.change_account"


def find_spec_or_member(name: str) -> bool:
    parent, _, member = name.rpartition(".")
    try:
        return hasattr(import_module(parent), member) or find_spec(name) is not None
    except ModuleNotFoundError:
        return False


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
