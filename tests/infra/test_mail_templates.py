"""Texts of mails: a folder in Nhost's format, then Django templates (configuration.md 5.1, 5.2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.template import TemplateDoesNotExist

from nhost_auth.infra.mail_templates import Texts, render

OTP = "signin-otp"
VARIABLES = {
    "clientUrl": "https://app.example.com",
    "displayName": "Ann O'Hara",
    "email": "ann@example.com",
    "link": "https://auth.example.com/verify?redirectTo=x&ticket=t",
    "newEmail": "",
    "redirectTo": "https://app.example.com/a?b&c",
    "serverUrl": "https://auth.example.com",
    "ticket": "123456",
}
ENGINE = "django.template.backends.django.DjangoTemplates"


def put(root: Path, path: str, **files: str) -> None:
    """Writes template files; `subject` becomes subject.txt, `text` body.txt, `html` body.html."""
    folder = root / path
    folder.mkdir(parents=True)
    for name, content in files.items():
        file_name = {"subject": "subject.txt", "text": "body.txt", "html": "body.html"}[name]
        (folder / file_name).write_text(content, "utf-8")


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A folder of templates as Nhost has them."""
    settings.AUTH_EMAIL_TEMPLATES_PATH = str(tmp_path / "nhost")
    return tmp_path / "nhost"


@pytest.fixture
def host(tmp_path: Path, settings: Any) -> Path:
    """The host's own folder of Django templates, where it may override ours."""
    settings.TEMPLATES = [{"BACKEND": ENGINE, "DIRS": [str(tmp_path / "host")], "APP_DIRS": True}]
    return tmp_path / "host" / "nhost_auth" / "email"


def texts(locale: str = "en", template: str = OTP, **changed: str) -> Texts:
    return render(template, locale, VARIABLES | changed)


def test_folder_in_nhost_s_format_wins(folder: Path, host: Path) -> None:
    put(folder, f"en/{OTP}", subject="Code ${ticket}", html="<p>${ticket}</p>")
    put(host, f"en/{OTP}", subject="host", text="host", html="host")
    assert texts() == Texts("Code 123456", "", "<p>123456</p>")


def test_folder_may_have_a_text_too(folder: Path) -> None:
    put(folder, f"en/{OTP}", subject="s", html="h", text="Hi ${displayName}")
    assert texts().text == "Hi Ann O'Hara"


def test_all_of_nhost_s_variables_are_known(folder: Path) -> None:
    names = [*VARIABLES, "locale"]
    put(folder, f"en/{OTP}", subject="|".join(f"${{{name}}}" for name in names), html="")
    assert texts().subject == "|".join([*VARIABLES.values(), "en"])


def test_53_values_are_escaped_in_html_but_not_in_subject_and_text(folder: Path) -> None:
    put(
        folder,
        f"en/{OTP}",
        subject="${displayName}",
        text="${displayName}",
        html='<a href="${link}">${displayName}</a>',
    )
    name = "<script>alert('x')</script> & \"Co\""
    found = texts(displayName=name)
    assert (found.subject, found.text) == (name, name)
    assert found.html == (
        '<a href="https://auth.example.com/verify?redirectTo=x&amp;ticket=t">'
        "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; &quot;Co&quot;</a>"
    )


@pytest.mark.parametrize("unknown", ["${nothing}", "${Ticket}", "${no-such.name}", "${}", "${ }"])
def test_unknown_variable_becomes_nothing(folder: Path, unknown: str) -> None:
    put(folder, f"en/{OTP}", subject=f"[{unknown}]", html=f"<p>{unknown}</p>")
    assert (texts().subject, texts().html) == ("[]", "<p></p>")


@pytest.mark.parametrize("literal", ["$ticket", "{ticket}", "{{ ticket }}", "$5 {x}", "${ticket", "{% now %}", "\\1"])
def test_anything_else_stays_as_it_is(folder: Path, literal: str) -> None:
    put(folder, f"en/{OTP}", subject=literal, html=literal)
    assert (texts().subject, texts().html) == (literal, literal)


@pytest.mark.parametrize("value", ["${ticket}", "{{ ticket }}", "{% include 'x' %}", "\\g<0>"])
def test_53_value_is_never_read_as_a_template(folder: Path, host: Path, value: str) -> None:
    put(folder, f"en/{OTP}", subject="${displayName}", html="${displayName}")
    put(host, "en/email-verify", subject="s", text="{{ displayName|safe }}", html="h")
    assert texts(displayName=value).subject == value
    assert texts(template="email-verify", displayName=value).text == value


def test_missing_locale_falls_back_to_the_same_template_of_the_default_locale(folder: Path) -> None:
    put(folder, f"en/{OTP}", subject="${locale} code", html="code")
    put(folder, "en/email-verify", subject="verify", html="verify")
    put(folder, "fr/email-verify", subject="vérifier", html="vérifier")
    assert texts("fr") == Texts("en code", "", "code")
    assert texts("fr", "email-verify").subject == "vérifier"


@pytest.mark.parametrize("present", [{"subject": "seul"}, {"html": "seul"}])
def test_half_a_template_is_none(folder: Path, present: dict[str, str]) -> None:
    put(folder, f"en/{OTP}", subject="whole", html="whole")
    put(folder, f"fr/{OTP}", **present)
    assert texts("fr") == Texts("whole", "", "whole")


def test_default_locale_is_the_configured_one(folder: Path, settings: Any) -> None:
    settings.AUTH_LOCALE_DEFAULT = "de"
    put(folder, f"de/{OTP}", subject="${locale} Code", html="h")
    put(folder, f"en/{OTP}", subject="code", html="h")
    assert texts("fr").subject == "de Code"


def test_default_locale_that_nobody_has_falls_back_to_english(settings: Any) -> None:
    settings.AUTH_LOCALE_DEFAULT = "tlh"
    assert texts("tlh").subject == "Your verification code"
    assert '<html lang="en">' in texts("tlh").html


def test_folder_without_the_template_leaves_it_to_django(folder: Path) -> None:
    put(folder, "en/email-verify", subject="verify", html="verify")
    assert texts().subject == "Your verification code"


def test_folder_that_does_not_exist_leaves_all_to_django(folder: Path) -> None:
    assert not folder.exists()
    assert texts().subject == "Your verification code"


@pytest.mark.parametrize("template", ["email-verify", "signin-otp", "signin-passwordless"])
def test_shipped_templates_have_subject_text_and_html(template: str) -> None:
    found = texts(template=template, displayName="<b>Ann</b>")
    secret = "123456" if template == OTP else VARIABLES["link"]
    assert "\n" not in found.subject
    assert "<b>Ann</b>" in found.text
    assert secret in found.text
    assert "&lt;b&gt;Ann&lt;/b&gt;" in found.html
    assert "<b>Ann" not in found.html
    assert secret.replace("&", "&amp;") in found.html
    assert '<html lang="en">' in found.html


def test_host_overrides_one_file_of_a_template(host: Path) -> None:
    put(host, f"en/{OTP}", subject="{{ ticket }} is your code\n")
    found = texts()
    assert found.subject == "123456 is your code"
    assert "your code is 123456" in found.text


def test_host_adds_a_locale(host: Path) -> None:
    put(host, f"tlh/{OTP}", subject="Code {{ locale }}", text="{{ ticket }}", html="<p>{{ displayName }}</p>")
    assert texts("tlh", displayName="<Ann>") == Texts("Code tlh", "123456", "<p>&lt;Ann&gt;</p>")
    assert texts("en").subject == "Your verification code"


def test_locale_that_the_host_has_only_in_part_falls_back_as_a_whole(host: Path) -> None:
    put(host, f"tlh/{OTP}", subject="Code")
    found = texts("tlh")
    assert found.subject == "Your verification code"
    assert '<html lang="en">' in found.html


@pytest.mark.parametrize("engines", [[], [{"BACKEND": ENGINE}]], ids=["none", "one without APP_DIRS"])
def test_host_s_engines_need_not_know_our_folder(settings: Any, engines: list[dict[str, Any]]) -> None:
    settings.TEMPLATES = engines
    found = texts(displayName="<Ann>")
    assert found.subject == "Your verification code"
    assert "&lt;Ann&gt;" in found.html


def test_host_overrides_also_without_app_dirs(host: Path, settings: Any) -> None:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "APP_DIRS": False}]
    put(host, f"en/{OTP}", subject="host's own")
    assert texts().subject == "host's own"
    assert "123456" in texts().html


@pytest.mark.parametrize("locale", ["../en", "e", "engl", "e/n", "", "en\n", "..", "en_US"])
def test_locale_that_is_none_never_becomes_a_path(folder: Path, locale: str) -> None:
    folder.mkdir()
    put(folder / locale, OTP, subject="outside", html="outside")
    assert texts(locale).subject == "Your verification code"


def test_template_that_nobody_has_is_an_error(folder: Path) -> None:
    with pytest.raises(TemplateDoesNotExist):
        texts(template="no-such-template")
