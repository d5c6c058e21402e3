"""What the mails about changes of an account say, in every language."""

from __future__ import annotations

from html import unescape

import pytest

from nhost_auth.flows.change_notices import CHANGES
from nhost_auth.infra.mail_templates import Texts, render
from tests.infra.test_mail_texts import LOCALES, VARIABLES

KINDS = sorted({*CHANGES.values(), "email", "second-factor-on", "second-factor-off"})
in_every_language = pytest.mark.parametrize("locale", LOCALES)


def texts(change: str, locale: str, **changed: str) -> Texts:
    return render("account-changed", locale, {**VARIABLES, "change": change, **changed})


@in_every_language
def test_every_change_has_a_sentence_of_its_own(locale: str) -> None:
    found = [texts(change, locale) for change in KINDS]
    assert len({each.text for each in found}) == len({each.html for each in found}) == len(KINDS)
    nothing = texts("no-such-change", locale)
    assert all(len(each.text) > len(nothing.text) for each in found)


@in_every_language
@pytest.mark.parametrize("change", KINDS)
def test_html_says_what_the_text_says_and_nothing_of_a_template_is_left(change: str, locale: str) -> None:
    found = texts(change, locale, displayName="Ann")
    html = unescape(found.html).replace("<strong>", "").replace("</strong>", "")
    for line in found.text.replace(VARIABLES["clientUrl"], "").splitlines():
        assert line.strip().rstrip(":\N{NO-BREAK SPACE} ") in html
    assert not any(mark in found.text + found.html for mark in ("{{", "}}", "{%", "None"))
    assert "\n\n\n" not in found.text


@in_every_language
def test_values_are_escaped_in_html_but_not_in_text(locale: str) -> None:
    found = texts("email", locale)
    for name in ("displayName", "newEmail"):
        assert VARIABLES[name] in found.text
        assert VARIABLES[name] not in found.html
        assert VARIABLES[name] in unescape(found.html)


@in_every_language
def test_without_a_front_end_there_is_no_link(locale: str) -> None:
    assert f'href="{VARIABLES["clientUrl"]}"' in texts("password", locale).html
    assert "href" not in texts("password", locale, clientUrl="").html


def test_no_two_languages_say_the_same() -> None:
    found = [texts("password", locale) for locale in LOCALES]
    assert len({each.subject for each in found}) == len({each.text for each in found}) == len(LOCALES)
