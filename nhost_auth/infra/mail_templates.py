"""Texts of mails and SMS: a folder in Nhost's format wins, Django templates follow (configuration.md 5.1, 5.2).

Both know the same variables under Nhost's names. A template missing in a locale is taken from the default locale, and
from English where the host has named a default locale that nobody has templates for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from html import escape
from itertools import product
from pathlib import Path

from django.template import TemplateDoesNotExist

from nhost_auth.conf import conf
from nhost_auth.infra.templates import Render, get_template

LOCALE = re.compile(r"[A-Za-z]{2,3}")
LAST_RESORT = "en"
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True)
class Texts:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class _Medium:
    name: str
    files: tuple[str, ...]
    # Nhost's own mails are HTML alone.
    optional: str = ""


_MAIL = _Medium("email", ("subject.txt", "body.txt", "body.html"), optional="body.txt")
_SMS = _Medium("sms", ("body.txt",))


def render(template: str, locale: str, variables: Mapping[str, str]) -> Texts:
    """The texts of the mail `template` in the first of `locale`, the default locale and English that has it.

    `variables` gets `locale`, the one really used. Raises TemplateDoesNotExist.
    """
    return Texts(*_render(_MAIL, template, locale, variables))


def render_sms(template: str, locale: str, variables: Mapping[str, str]) -> str:
    """The body of the SMS `template`, found and filled as a mail's texts are. Raises TemplateDoesNotExist."""
    return "".join(_render(_SMS, template, locale, variables))


def _render(medium: _Medium, template: str, locale: str, variables: Mapping[str, str]) -> Iterable[str]:
    locales = [tag for tag in (locale, conf.AUTH_LOCALE_DEFAULT) if LOCALE.fullmatch(tag)]
    sources = (_find_in_folder, _find_in_django)
    for find, tag in (*product(sources, locales), *product(sources, [LAST_RESORT])):
        files = find(medium, tag, template)
        if files is not None:
            return [file({**variables, "locale": tag}).strip() for file in files]
    raise TemplateDoesNotExist(template)


def _find_in_folder(medium: _Medium, locale: str, template: str) -> list[Render] | None:
    if not conf.AUTH_EMAIL_TEMPLATES_PATH:
        return None
    folder = Path(conf.AUTH_EMAIL_TEMPLATES_PATH) / locale / template
    contents = {file: _read(folder / file) for file in medium.files}
    if any(content is None for file, content in contents.items() if file != medium.optional):
        return None
    return [
        partial(_substitute, content or "", escape if file.endswith(".html") else str)
        for file, content in contents.items()
    ]


@cache
def _read(file: Path) -> str | None:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        return None


def _substitute(content: str, as_text: Callable[[str], str], variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: as_text(variables.get(match[1].strip(), "")), content)


def _find_in_django(medium: _Medium, locale: str, template: str) -> list[Render] | None:
    folder = f"nhost_auth/{medium.name}/{locale}/{template}"
    try:
        return [get_template(f"{folder}/{file}") for file in medium.files]
    except TemplateDoesNotExist:
        return None
