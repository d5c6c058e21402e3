"""Texts of mails: a folder in Nhost's format wins, Django templates follow (configuration.md 5.1, 5.2).

Both know the same variables under Nhost's names. A template missing in a locale is taken from the default locale.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from django.template import TemplateDoesNotExist
from django.template.backends.base import BaseEngine
from django.template.backends.django import DjangoTemplates
from django.template.loader import select_template

from nhost_auth.conf import conf

TEMPLATES = Path(__file__).parent.parent / "templates"
LOCALE = re.compile(r"[A-Za-z]{2,3}")
_VARIABLE = re.compile(r"\$\{\s*(\w+)\s*\}")


@dataclass(frozen=True)
class Texts:
    subject: str
    text: str
    html: str


def render(template: str, locale: str, variables: Mapping[str, str]) -> Texts:
    """The texts of `template` in the first of `locale` and the default locale that has it.

    `variables` gets `locale`, the one really used. Raises TemplateDoesNotExist.
    """
    locales = [tag for tag in (locale, conf.AUTH_LOCALE_DEFAULT) if LOCALE.fullmatch(tag)]
    return _from_folder(template, locales, variables) or _from_django(template, locales, variables)


def _from_folder(template: str, locales: list[str], variables: Mapping[str, str]) -> Texts | None:
    root = conf.AUTH_EMAIL_TEMPLATES_PATH
    for locale in locales if root else ():
        files = _read(root, locale, template)
        if files is not None:
            known = {**variables, "locale": locale}
            return Texts(
                subject=_substitute(files.subject, known, str),
                text=_substitute(files.text, known, str),
                html=_substitute(files.html, known, escape),
            )
    return None


@cache
def _read(root: str, locale: str, template: str) -> Texts | None:
    folder = Path(root) / locale / template
    try:
        subject, html = (folder / "subject.txt").read_text("utf-8"), (folder / "body.html").read_text("utf-8")
    except FileNotFoundError:
        return None
    text = folder / "body.txt"
    return Texts(subject, text.read_text("utf-8") if text.exists() else "", html)


def _substitute(source: str, variables: Mapping[str, str], as_text: Callable[[str], str]) -> str:
    return _VARIABLE.sub(lambda match: as_text(variables.get(match[1], "")), source)


def _from_django(template: str, locales: list[str], variables: Mapping[str, str]) -> Texts:
    for locale in locales:
        folder = f"nhost_auth/email/{locale}/{template}"
        context = {**variables, "locale": locale}
        try:
            return Texts(
                *(_render_file(f"{folder}/{file}", context) for file in ("subject.txt", "body.txt", "body.html"))
            )
        except TemplateDoesNotExist:
            if locale == locales[-1]:
                raise
    raise TemplateDoesNotExist(template)


def _render_file(name: str, context: Mapping[str, str]) -> str:
    try:
        found = select_template([name])
    except TemplateDoesNotExist:
        # The host may have no engine that looks into app directories.
        found = _own_engine().get_template(name)
    text: str = found.render(dict(context))
    return text.strip()


@cache
def _own_engine() -> BaseEngine:
    return DjangoTemplates(
        {"NAME": "nhost_auth", "DIRS": [TEMPLATES], "APP_DIRS": False, "OPTIONS": {"autoescape": True}}
    )
