"""What people see is there in every language that the mails have. Errors stay English: they are the wire's."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import translation

import nhost_auth
from nhost_auth.infra.templates import FOLDER
from tests.conftest import Api

ROOT = Path(nhost_auth.__file__).parent
LOCALES = sorted(path.name for path in (FOLDER / "nhost_auth/email").iterdir() if path.is_dir())
TRANSLATED = [locale for locale in LOCALES if locale != "en"]
FUNCTIONS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
LINK = {"ticket": "verifyEmail:x", "redirectTo": "https://app.example.com"}
in_every_language = pytest.mark.parametrize("locale", TRANSLATED)


def catalog(locale: str) -> Path:
    return ROOT / f"locale/{locale}/LC_MESSAGES"


def in_templates() -> Iterator[str]:
    for file in FOLDER.rglob("*.html"):
        yield from re.findall(r"""{%\s*translate\s+["'](.+?)["']\s*%}""", file.read_text())


def in_code() -> Iterator[str]:
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
                yield from (part.value for part in node.args if isinstance(part, ast.Constant) and part.value)


def entries(locale: str) -> dict[str, str]:
    """Of the source of a catalog."""
    text = (catalog(locale) / "django.po").read_text("utf-8")
    pairs = re.findall(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', text, re.MULTILINE)
    joined = [tuple("".join(map(ast.literal_eval, part.splitlines())) for part in pair) for pair in pairs]
    return {msgid: msgstr for msgid, msgstr in joined if msgid}


VISIBLE = sorted({*in_templates(), *in_code()})


def test_strings_are_found() -> None:
    assert {"Continue", "You opened a link from a mail.", "No, take me back"} <= set(in_templates())
    assert "This e-mail address belongs to another account." in set(in_code())
    assert not [file for file in FOLDER.rglob("*.html") if "blocktranslate" in file.read_text()]


@in_every_language
@pytest.mark.parametrize("text", VISIBLE)
def test_every_string_is_translated(text: str, locale: str) -> None:
    with translation.override(locale):
        assert translation.gettext(text) != text


@in_every_language
def test_catalog_has_what_is_shown_and_nothing_else(locale: str) -> None:
    assert sorted(entries(locale)) == VISIBLE
    assert all(entries(locale).values())


@in_every_language
def test_catalog_that_is_read_is_the_one_that_is_written(locale: str) -> None:
    """After a change of django.po: `(cd nhost_auth && django-admin compilemessages)`."""
    with (catalog(locale) / "django.mo").open("rb") as file:
        compiled: dict[str, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    assert {msgid: text for msgid, text in compiled.items() if msgid} == entries(locale)


def test_there_is_a_catalog_for_every_language_of_the_mails_and_no_other() -> None:
    assert sorted(path.name for path in (ROOT / "locale").iterdir()) == TRANSLATED


@pytest.mark.parametrize(
    ("accepts", "language", "button"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr", "Continuer"),
        ("bg", "bg", "Продължи"),
        ("tlh, cs;q=0.5", "cs", "Pokračovat"),
        ("es", "es", "Continuar"),
        ("en", "en", "Continue"),
        ("tlh", "en", "Continue"),
        ("", "en", "Continue"),
        ("\x00,,;;q=x", "en", "Continue"),
    ],
)
def test_confirm_page_speaks_the_browsers_language(
    api: Api, settings: Any, accepts: str, language: str, button: str
) -> None:
    settings.AUTH_VERIFY_CONFIRM_PAGE = True
    text = api.get("/verify", query=LINK, headers={"Accept-Language": accepts}).text
    assert f'<html lang="{language}">' in text
    assert f"<button>{button}</button>" in text
    assert translation.get_language() == "en-us"


def test_errors_stay_english(api: Api) -> None:
    body = {"email": "nobody@example.com", "password": "a long password"}
    with translation.override("fr"):
        reply = api.post("/signin/email-password", body, headers={"Accept-Language": "fr"})
    assert reply.json["message"] == "Incorrect email or password"


def test_form_refuses_an_address_in_the_visitors_language(api: Api) -> None:
    api.sign_up()
    other = get_user_model()(username="other", email="ann@example.com")
    with translation.override("cs"), pytest.raises(ValidationError, match="patří k jinému účtu"):
        other.clean_fields()
