"""Where templates come from: the host's own, then ours, whatever engines the host has (design.md section 1)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from nhost_auth.infra.templates import FOLDER, get_template
from tests.conftest import Api

PAGE = "nhost_auth/verify.html"
MAIL = "nhost_auth/email/en/signin-otp/body.html"
DJANGO = "django.template.backends.django.DjangoTemplates"
VALUES = {"displayName": "<b>Ann</b>", "ticket": "012345", "locale": "en"}
LINK = {"ticket": "verifyEmail:x", "redirectTo": "https://app.example.com"}

# Engines of hosts that do not look into our folder.
ENGINES: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "without app directories": [{"BACKEND": DJANGO}],
    "strings": [{"BACKEND": "django.template.backends.dummy.TemplateStrings", "DIRS": [], "APP_DIRS": False}],
    "without escaping": [{"BACKEND": DJANGO, "OPTIONS": {"autoescape": False}}],
}
every_engine = pytest.mark.parametrize("engines", ENGINES.values(), ids=list(ENGINES))


@pytest.fixture
def host(tmp_path: Path, settings: Any) -> Path:
    """The host's own folder of templates for this app."""
    settings.TEMPLATES = [{"BACKEND": DJANGO, "DIRS": [str(tmp_path)], "APP_DIRS": True}]
    (tmp_path / "nhost_auth").mkdir()
    return tmp_path / "nhost_auth"


@every_engine
def test_ours_are_found_and_escape_values_whatever_engines_the_host_has(
    settings: Any, engines: list[dict[str, Any]]
) -> None:
    settings.TEMPLATES = engines
    text = get_template(MAIL)(VALUES)
    assert "012345" in text
    assert "&lt;b&gt;Ann&lt;/b&gt;" in text
    assert "<b>Ann" not in text


@every_engine
def test_confirm_page_is_shown_whatever_engines_the_host_has(
    api: Api, settings: Any, engines: list[dict[str, Any]]
) -> None:
    settings.AUTH_VERIFY_CONFIRM_PAGE = True
    shown = api.get("/verify", query=LINK).text
    settings.TEMPLATES = engines
    assert api.get("/verify", query=LINK).text == shown
    assert '<form method="post">' in shown


def test_host_puts_its_own_confirm_page_in_the_place_of_ours(api: Api, settings: Any, host: Path) -> None:
    settings.AUTH_VERIFY_CONFIRM_PAGE = True
    (host / "verify.html").write_text('<form method="post"><button>Weiter {{ ticket }}</button></form>')
    reply = api.get("/verify", query=LINK)
    assert (reply.status, reply.text) == (200, '<form method="post"><button>Weiter </button></form>')
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_host_may_extend_our_page(host: Path) -> None:
    (host / "own.html").write_text('{% extends "nhost_auth/email/base.html" %}{% block title %}Own{% endblock %}')
    assert "<title>Own</title>" in get_template("nhost_auth/own.html")({"locale": "en"})


def test_page_reads_nothing_but_what_it_is_given(settings: Any) -> None:
    # A context processor of the host would want a request; there is none.
    processors = {"context_processors": [f"{__name__}.not_to_be_called"]}
    settings.TEMPLATES = [{"BACKEND": DJANGO, "APP_DIRS": True, "OPTIONS": processors}]
    assert "<form" in get_template(PAGE)({})


def not_to_be_called(request: Any) -> dict[str, Any]:
    raise AssertionError(request)


def test_broken_template_of_the_host_is_told_and_not_passed_over(host: Path) -> None:
    (host / "verify.html").write_text("{% no_such_tag %}")
    with pytest.raises(TemplateSyntaxError):
        get_template(PAGE)


@pytest.mark.parametrize("name", ["nhost_auth/none.html", "../conf.py", "/etc/hostname", "nhost_auth/../../conf.py"])
def test_template_that_nobody_has_is_an_error(name: str) -> None:
    with pytest.raises(TemplateDoesNotExist):
        get_template(name)


def test_every_template_we_ship_reads(settings: Any) -> None:
    settings.TEMPLATES = []
    # Those of the admin stand on Django's, and are for hosts that have it.
    names = [str(path.relative_to(FOLDER)) for path in (FOLDER / "nhost_auth").rglob("*") if path.is_file()]
    assert PAGE in names
    for name in names:
        assert isinstance(get_template(name)(VALUES), str)
