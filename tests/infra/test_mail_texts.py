"""The texts we ship, in every language: what each says, and that nothing of a template is left in it.

How they are looked up for mails is proven in test_mail_templates.py; for SMS it is here.
"""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.template import TemplateDoesNotExist

from nhost_auth.infra.mail_templates import Texts, render, render_sms
from nhost_auth.infra.templates import FOLDER

LOCALES = ["bg", "cs", "en", "es", "fr"]
SUBJECTS = {
    "email-confirm-change": "Change your email address",
    "email-verify": "Verify your email",
    "password-reset": "Reset your password",
    "signin-otp": "Your verification code",
    "signin-passwordless": "Secure sign-in link",
}
LIVES = {
    "bg": {"day": "30 дни", "hour": "един час", "minute": "десет минути"},
    "cs": {"day": "30 dní", "hour": "jednu hodinu", "minute": "deset minut"},
    "en": {"day": "30 days", "hour": "one hour", "minute": "ten minutes"},
    "es": {"day": "30 días", "hour": "una hora", "minute": "diez minutos"},
    "fr": {"day": "30 jours", "hour": "une heure", "minute": "dix minutes"},
}
UNITS = dict.fromkeys(SUBJECTS, "hour") | {"email-verify": "day", "signin-otp": "minute"}
SMS = "signin-passwordless-sms"
SMS_BODIES = {
    "bg": "Вашият код е 012345.",  # noqa: RUF001
    "cs": "Váš kód je 012345.",
    "en": "Your code is 012345.",
    "es": "Su código es 012345.",
    "fr": "Votre code est 012345.",
}
LINK = "https://auth.example.com/v1/verify?redirectTo=https%3A%2F%2Fapp.example.com&ticket=t%3A1&type=emailVerify"
VARIABLES = {
    "clientUrl": "https://app.example.com",
    "displayName": '<b>Ann</b> & "O\'Hara"',
    "email": "ann&co@example.com",
    "link": LINK,
    "newEmail": "new&co@example.com",
    "redirectTo": "https://app.example.com",
    "serverUrl": "https://auth.example.com/v1",
    "ticket": "012345",
}
DEFAULT_ENGINE = "django.template.backends.django.DjangoTemplates"

in_every_language = pytest.mark.parametrize("locale", LOCALES)
of_every_kind = pytest.mark.parametrize("template", sorted(SUBJECTS))


def texts(template: str, locale: str, **changed: str) -> Texts:
    values = VARIABLES | ({"link": ""} if template == "signin-otp" else {})
    return render(template, locale, values | changed)


def sms(locale: str, code: str = "012345") -> str:
    return render_sms(SMS, locale, {"code": code})


def put(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content, "utf-8")


def test_every_template_is_there_in_every_language_and_no_other() -> None:
    root = FOLDER / "nhost_auth"
    wanted = {
        f"email/{locale}/{template}/{file}"
        for locale in LOCALES
        for template in (*SUBJECTS, "account-changed")  # which test_mail_texts_of_changes.py is about
        for file in ("subject.txt", "body.txt", "body.html")
    } | {f"sms/{locale}/{SMS}/body.txt" for locale in LOCALES}
    assert {path.relative_to(root).as_posix() for path in root.glob("*/*/*/*")} == wanted


@in_every_language
@of_every_kind
def test_nothing_of_a_template_is_left(template: str, locale: str) -> None:
    found = texts(template, locale)
    for text in (found.subject, found.text, found.html):
        assert text
        assert not any(mark in text for mark in ("{{", "}}", "{%", "${", "None"))


@in_every_language
@of_every_kind
def test_secret_is_in_text_and_html(template: str, locale: str) -> None:
    found = texts(template, locale)
    if template == "signin-otp":
        assert "012345" in found.text
        assert ">012345</p>" in found.html
        assert "href" not in found.html
    else:
        assert LINK in found.text.splitlines()
        assert f'href="{LINK.replace("&", "&amp;")}"' in found.html
        assert "012345" not in found.text + found.html


@in_every_language
@of_every_kind
def test_secret_is_not_in_the_subject(template: str, locale: str) -> None:
    assert texts(template, locale).subject == texts(template, locale, ticket="9", link="https://x.example").subject


@in_every_language
@of_every_kind
def test_subject_is_one_line_and_the_title_of_the_page(template: str, locale: str) -> None:
    found = texts(template, locale)
    assert found.subject.splitlines() == [found.subject]
    assert f"<title>{found.subject}</title>" in found.html


@of_every_kind
def test_english_subjects_are_the_documented_ones(template: str) -> None:
    assert texts(template, "en").subject == SUBJECTS[template]


@in_every_language
@of_every_kind
def test_values_are_escaped_in_html_but_not_in_text(template: str, locale: str) -> None:
    found = texts(template, locale)
    shown = ["displayName", *(["email"] if "signin" not in template else [])]
    for value in [VARIABLES[name] for name in shown]:
        assert value in found.text
        assert value not in found.html
        assert value in unescape(found.html)


@in_every_language
@of_every_kind
def test_page_names_its_language(template: str, locale: str) -> None:
    assert f'<html lang="{locale}">' in texts(template, locale).html


@in_every_language
@of_every_kind
def test_mail_says_how_long_the_secret_lives(template: str, locale: str) -> None:
    found = texts(template, locale)
    for unit, words in LIVES[locale].items():
        assert (words in found.text) is (words in found.html) is (unit == UNITS[template])


@in_every_language
@of_every_kind
def test_html_says_what_the_text_says(template: str, locale: str) -> None:
    found = texts(template, locale, displayName="Ann", email="ann@example.com", newEmail="new@example.com")
    html = unescape(found.html).replace("<strong>", "").replace("</strong>", "")
    for line in found.text.replace(" 012345", "").splitlines():
        assert line == LINK or line.rstrip(":\N{NO-BREAK SPACE}") in html


@of_every_kind
def test_no_two_languages_say_the_same(template: str) -> None:
    found = [texts(template, locale) for locale in LOCALES]
    for part in ("subject", "text", "html"):
        assert len({getattr(each, part) for each in found}) == len(LOCALES)


@in_every_language
def test_no_two_kinds_have_the_same_subject(locale: str) -> None:
    assert len({texts(template, locale).subject for template in SUBJECTS}) == len(SUBJECTS)


@in_every_language
def test_change_of_address_names_both_addresses(locale: str) -> None:
    found = texts("email-confirm-change", locale)
    for text in (found.text, unescape(found.html)):
        assert VARIABLES["newEmail"] in text
        assert VARIABLES["email"] in text


@in_every_language
def test_change_of_address_serves_those_who_had_none(locale: str) -> None:
    found = texts("email-confirm-change", locale, email="")
    assert VARIABLES["newEmail"] in found.text
    assert "  " not in found.text
    assert "<strong></strong>" not in found.html


@pytest.mark.parametrize("medium", ["mail", "SMS"])
@pytest.mark.parametrize("default", ["de", "pt-BR", ""])
def test_english_is_the_last_resort(settings: Any, default: str, medium: str) -> None:
    settings.AUTH_LOCALE_DEFAULT = default
    if medium == "SMS":
        assert sms("it") == SMS_BODIES["en"]
    else:
        assert texts("signin-otp", "it") == texts("signin-otp", "en")


def test_own_language_comes_before_the_last_resort_of_the_folder(settings: Any, tmp_path: Path) -> None:
    settings.AUTH_LOCALE_DEFAULT, settings.AUTH_EMAIL_TEMPLATES_PATH = "de", str(tmp_path)
    put(tmp_path / "en" / "signin-otp", subject_txt="folder ${locale}", body_html="")
    assert texts("signin-otp", "fr").subject == "Votre code de vérification"
    assert texts("signin-otp", "it").subject == "folder en"


@in_every_language
def test_sms_is_one_short_line(locale: str) -> None:
    assert sms(locale) == SMS_BODIES[locale]


@pytest.mark.parametrize("engines", [[], [{"BACKEND": DEFAULT_ENGINE}]], ids=["none", "without APP_DIRS"])
def test_sms_needs_no_engine_of_the_host(settings: Any, engines: list[dict[str, Any]]) -> None:
    settings.TEMPLATES = engines
    assert sms("fr") == SMS_BODIES["fr"]


def test_sms_of_an_unknown_language_is_in_the_default_one(settings: Any) -> None:
    settings.AUTH_LOCALE_DEFAULT = "cs"
    assert sms("it") == SMS_BODIES["cs"]


def test_sms_of_the_folder_wins(settings: Any, tmp_path: Path) -> None:
    settings.AUTH_EMAIL_TEMPLATES_PATH = str(tmp_path / "nhost")
    settings.TEMPLATES = [{"BACKEND": DEFAULT_ENGINE, "DIRS": [str(tmp_path / "host")], "APP_DIRS": True}]
    put(tmp_path / "nhost" / "fr" / SMS, body_txt="Code <${code}>\n")
    put(tmp_path / "host" / "nhost_auth" / "sms" / "fr" / SMS, body_txt="host")
    assert sms("fr", code="a&b") == "Code <a&b>"


def test_sms_of_the_host_comes_before_ours(settings: Any, tmp_path: Path) -> None:
    settings.TEMPLATES = [{"BACKEND": DEFAULT_ENGINE, "DIRS": [str(tmp_path)], "APP_DIRS": True}]
    put(tmp_path / "nhost_auth" / "sms" / "it" / SMS, body_txt="{{ code }} ({{ locale }})\n")
    assert sms("it") == "012345 (it)"
    assert sms("fr") == SMS_BODIES["fr"]


def test_sms_of_the_folder_falls_back_to_its_default_language(settings: Any, tmp_path: Path) -> None:
    settings.AUTH_LOCALE_DEFAULT, settings.AUTH_EMAIL_TEMPLATES_PATH = "de", str(tmp_path)
    put(tmp_path / "de" / SMS, body_txt="${code} ist Ihr Code")
    assert sms("fr") == "012345 ist Ihr Code"


def test_folder_without_the_sms_leaves_it_to_django(settings: Any, tmp_path: Path) -> None:
    settings.AUTH_EMAIL_TEMPLATES_PATH = str(tmp_path)
    put(tmp_path / "fr" / SMS, body_html="no text")
    assert sms("fr") == SMS_BODIES["fr"]


@pytest.mark.parametrize("locale", ["../en", "", "..", "en\n", "engl"])
def test_sms_takes_no_path_for_a_locale(settings: Any, tmp_path: Path, locale: str) -> None:
    settings.AUTH_EMAIL_TEMPLATES_PATH = str(tmp_path / "nhost")
    for outside in ("", "en", "nhost", "nhost/engl"):
        put(tmp_path / outside / SMS, body_txt="outside")
    assert sms(locale) == SMS_BODIES["en"]


def test_sms_that_nobody_has_is_an_error() -> None:
    with pytest.raises(TemplateDoesNotExist):
        render_sms("no-such-template", "en", {})


def test_broken_template_of_the_host_is_not_passed_over(settings: Any, tmp_path: Path) -> None:
    settings.TEMPLATES = [{"BACKEND": DEFAULT_ENGINE, "DIRS": [str(tmp_path)], "APP_DIRS": True}]
    put(tmp_path / "nhost_auth" / "sms" / "fr" / SMS, body_txt="{% include 'no/such/file.txt' %}")
    with pytest.raises(TemplateDoesNotExist, match="no/such"):
        sms("fr")
