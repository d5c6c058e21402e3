"""The reference holds what there is, all of it and nothing else."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.dispatch import Signal
from django.urls import get_resolver

from docs_site import commands, endpoints, errors, models, settings, shapes, signals
from docs_site.pages import REFERENCE
from nhost_auth import errors as raised
from nhost_auth import signals as sent
from nhost_auth.conf import all_settings
from nhost_auth.http.endpoint import Story
from nhost_auth.http.inputs import Input, SignUpOptions, Text
from nhost_auth.http.url_map import rows

ROOT = Path(__file__).parents[2]


def anchored(page: str) -> list[str]:
    return re.findall(r'<span id="([^"]+)">', page)


def titles(page: str, level: int) -> list[str]:
    return re.findall(rf"(?m)^#{{{level}}} (.+)$", page)


def test_every_setting_once() -> None:
    assert sorted(anchored(settings.page())) == sorted(setting.name.lower() for setting in all_settings())


def test_settings_stand_under_the_headings_of_conf() -> None:
    groups = {group: {setting.name for setting in members} for group, members in settings.grouped().items()}
    assert all(groups.values())
    assert {"AUTH_PROVIDER_GOOGLE_ENABLED", "AUTH_PROVIDER_WORKOS_CLIENT_ID"} <= groups["Social providers"]
    assert "AUTH_TURNSTILE_SECRET" in groups["Limits and bot protection"]
    assert "AUTH_METADATA_MAX_BYTES" in groups["Ours"]


def test_setting_is_told_with_kind_default_and_meaning() -> None:
    page = settings.page()
    assert "`AUTH_OTP_EMAIL_ENABLED` | True or False | `False` | one-time codes by e-mail |" in page
    assert "newer name of [`AUTH_MFA_ENABLED`](#auth_mfa_enabled) |" in page
    assert '`AUTH_USER_DEFAULT_ALLOWED_ROLES` | list of texts | `["me"]` | roles of new users' in page
    assert "one of `now`, `task`" in page
    assert "`AUTH_SERVER_URL` | text | unset |" in page
    assert "**Planned.** a URL may be a client id" in page


def test_every_error_once_by_code_and_status() -> None:
    members = [member for member in vars(raised).values() if inspect.isclass(member) and hasattr(member, "code")]
    codes = {member.code for member in members if member.code != "turnstile"}
    assert sorted(anchored(errors.page())) == sorted(code.lower() for code in codes)


def test_error_is_told_with_status_message_and_concealment() -> None:
    page = errors.page()
    assert "`invalid-ticket` | 401 | Invalid ticket | yes | yes |" in page
    assert "`password-too-short` | 400 | Password is too short |  |  |" in page


def test_every_signal_once_with_its_arguments() -> None:
    names = [name for name, member in vars(sent).items() if isinstance(member, Signal)]
    page = signals.page()
    assert anchored(page) == names
    assert "`account`, `everywhere` | A session ended on its owner's or an operator's wish." in page


@pytest.mark.parametrize("name", signals.names())
def test_signal_has_words(name: str) -> None:
    (row,) = re.findall(rf'(?m)^\| <span id="{name}">.*$', signals.page())
    assert len(row.split("|")[3].strip()) > 10


def test_every_command_once() -> None:
    files = (ROOT / "nhost_auth/management/commands").glob("auth_*.py")
    assert sorted(titles(commands.page(), 2)) == sorted(file.stem for file in files)


def test_command_is_told_with_its_own_arguments_alone() -> None:
    page = commands.page()
    assert "| `rotate --publish-ahead SECONDS` | how long the new key" in page
    assert "--traceback" not in page


def test_every_model_once_and_every_column() -> None:
    page, here = models.page(), list(apps.get_app_config("nhost_auth").get_models())
    assert sorted(titles(page, 2)) == sorted(model.__name__ for model in here)
    for model, text in zip(models.all_models(), re.split(r"(?m)^## ", page)[1:], strict=True):
        columns = re.findall(r"(?m)^\| `(\w+)` \|", text)
        assert columns == [field.name for field in [*model._meta.fields, *model._meta.many_to_many]]


def test_model_is_told_by_its_docstring_or_its_file_s() -> None:
    page = models.page()
    assert "## SpentRefreshToken\n\nA secret that a session has left behind." in page
    assert "## Ticket\n\n" in page
    assert "Ticket(id" not in page
    assert "Moves on when somebody else takes the account over" in page


def test_every_endpoint_of_the_map_once_in_its_order() -> None:
    shown = [title.partition(" {")[0] for title in titles(endpoints.page(), 3) if " /" in title]
    served = [f"{row.method.upper()} {row.path}" for row in rows(get_resolver("nhost_auth.urls").url_patterns)]
    assert shown == [*served, "POST /anonymous/convert"]


def test_anchors_of_endpoints_differ() -> None:
    found = re.findall(r"(?m)^### .*{ #(\S+) }$", endpoints.page())
    assert len(found) == len(set(found))
    assert "post-signin-otp-email-verify" in found


def test_endpoint_is_told_with_what_its_story_declares() -> None:
    (section,) = re.findall(r"(?s)### POST /signin/otp/email { .*?(?=\n### )", endpoints.page())
    for part in (
        "| operation | `signInOTPEmail` |\n|---|---|\n",
        "anybody, behind Turnstile",
        "| needs | [`AUTH_OTP_EMAIL_ENABLED`](settings.md#auth_otp_email_enabled) |",
        "| limits | `global`, `email`, `brute_force` |",
        '| answer | `"OK"` |',
        "[`disabled-endpoint`](errors.md#disabled-endpoint)",
        "| `email` | text, email | required |",
        "| `options.locale` | text, at least 2 long, at most 3 long |  |",
    ):
        assert part in section, part


def test_switch_that_forbids_is_told_as_such() -> None:
    story = Story(toggles=("AUTH_DISABLE_SIGNUP",))
    operation = endpoints.Operation("POST", "/x", endpoints.Endpoint, story)
    facts = dict(endpoints._facts(operation, shapes.Answers()))
    assert facts["needs"].endswith(" off")


def test_members_of_an_object_within_have_its_name_before_theirs() -> None:
    class Request(Input):
        name = Text(most=9)
        options = SignUpOptions(required=False)

    rows = list(shapes.inputs(Request))
    assert rows[0] == ("`name`", "text, at most 9 long", "required")
    assert ("`options`", "object", "") in rows
    assert "`options.redirectTo`" in [name for name, _, _ in rows]


@pytest.mark.parametrize("page", REFERENCE)
def test_no_reference_to_the_specifications_and_no_broken_table(page: str) -> None:
    text = REFERENCE[page]()
    assert not re.search(r"(accounts|identity|configuration|design|mudbase)\.md", text)
    tables = re.findall(r"(?m)(?:^\|.*\|$\n?)+", text)
    assert tables
    for lines in (found.splitlines() for found in tables):
        assert len({line.count("|") for line in lines}) == 1, lines[0]
