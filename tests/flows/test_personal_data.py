"""Handing out and erasing what is known of a person (GDPR articles 15, 17 and 20)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Group, User
from django.db import models
from django.db.models.deletion import PROTECT, RESTRICT, ProtectedError, RestrictedError
from django.test import modify_settings

import nhost_auth.models as ours
from nhost_auth import signals
from nhost_auth.flows import personal_data
from nhost_auth.management.commands.auth_export_account import Encoder
from nhost_auth.models import Account
from nhost_auth.personal_data import register
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import Api, account
from tests.endpoints.totp_app import enrol
from tests.oauth2.application import Application
from tests.webauthn_page import add_key, enable

ANN, BOB = "ann@example.com", "bob@example.com"
SOCIAL = apps.get_model("social_django", "UserSocialAuth")
WITHHELD = {
    Account: "email_normalized token_epoch",
    ours.AccountRole: "id account_id",
    ours.RefreshToken: "account_id hash",
    ours.SpentRefreshToken: "hash",
    ours.Ticket: "id account_id hash",
    ours.OneTimeCode: "account_id hash",
    ours.PkceCode: "id account_id hash challenge",
    ours.Challenge: "hash account_id",
    ours.SecurityKey: "account_id credential_hash public_key counter",
    ours.TotpDevice: "id user_id encrypted_secret last_step",
    ours.RecoveryDevice: "id user_id salt",
    ours.RecoveryCode: "hash",
    ours.ProviderSession: "id account_id user_id_hash encrypted_content",
    ours.OAuth2Client: "secret_hash access_token_lifetime refresh_token_lifetime metadata fetched_at created_by_id",
    ours.OAuth2Grant: "account_id",
    ours.OAuth2Request: "state nonce code_challenge code_challenge_method resource prompt max_age account_id code_hash "
    "code_used_at failures",
    ours.OAuth2RefreshToken: "account_id hash request_id",
    ours.OAuth2SpentToken: "hash",
    ours.OAuth2DeviceRequest: "account_id device_code_hash user_code_hash interval next_poll_at refused_at",
    ours.AuditEvent: "account_id details_hash hash erased_at",
    SOCIAL: "id user_id id_key extra_data",
    User: "password",
}
"""What is not handed out: secrets and what stands for one, keys between tables, and what tells nothing of a person."""
SECRETS = ("hash", "encrypted_secret", "encrypted_content", "salt", "challenge", "public_key", "password", "extra_data")


@pytest.fixture(autouse=True)
def no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(personal_data, "_registered", {})


def furnish(api: Api, settings: Any, email: str) -> Account:
    """Somebody with a row in every table."""
    settings.AUTH_MFA_ENABLED = True
    enable(settings)
    session = api.sign_up(email)
    found, device = account(session), Authenticator()
    enrol(api, session)
    ours.RecoveryDevice.objects.issue(found.user)
    assert add_key(api, session.token, device, "blue").status == 200
    assert api.post("/user/webauthn/add", token=session.token).status == 200
    assert (
        api.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z", "metadata": {"a": 1}}, token=session.token).status == 200
    )
    assert api.post("/token", {"refreshToken": session.refresh_token}).status == 200
    assert api.post("/signin/otp/email", {"email": email}).status == 200
    ours.Ticket.objects.issue(found, ours.Ticket.Kind.EMAIL_CONFIRM_CHANGE, {"newEmail": f"new-{email}"})
    ours.PkceCode.objects.issue(found, "c" * 43, "https://app.example.com")
    ours.ProviderSession.objects.keep(found, "github", email, {"accessToken": "hunter2"})
    application = ours.OAuth2Client.objects.create()
    _, code = ours.OAuth2DeviceRequest.objects.ask(application, ["openid"], ip="203.0.113.7", device="television")
    assert ours.OAuth2DeviceRequest.objects.approve(code, found, found.created_at)
    SOCIAL.objects.create(user=found.user, provider="github", uid=email, extra_data={"access_token": "hunter2"})
    settings.AUTH_OAUTH2_PROVIDER_ENABLED = True
    shop = Application.registered(api, created_by=found)
    shop.refresh(shop.tokens(session.token)["refresh_token"])
    return found


@pytest.fixture
def ann(api: Api, settings: Any) -> Account:
    return furnish(api, settings, ANN)


@pytest.fixture
def bob(api: Api, settings: Any) -> Account:
    return furnish(api, settings, BOB)


@pytest.fixture
def told() -> Iterator[list[tuple[uuid.UUID, str | None, bool]]]:
    heard: list[tuple[uuid.UUID, str | None, bool]] = []

    def listen(account: Account, **_: Any) -> None:
        heard.append((account.pk, account.email, Account.objects.filter(pk=account.pk).exists()))

    signals.account_erased.connect(listen)
    yield heard
    signals.account_erased.disconnect(listen)


@pytest.fixture
def erase(django_capture_on_commit_callbacks: Any) -> Any:
    def call(owner: Account) -> dict[str, int]:
        with django_capture_on_commit_callbacks(execute=True):
            return dict(personal_data.erase(owner))

    return call


def personal_models() -> set[type[models.Model]]:
    """Every model of ours and of social_django that leads to a user or an account, by whatever way."""
    mine = [*apps.get_app_config("nhost_auth").get_models(), *apps.get_app_config("social_django").get_models()]
    leading: set[Any] = {User, Account}
    while True:
        found = {
            model
            for model in mine
            if any(field.related_model in leading for field in model._meta.fields if field.is_relation)
        }
        if found <= leading:
            return (leading - {User}) | found
        leading |= found


def rows_of(owner: Account) -> dict[str, int]:
    return {label: len(rows) for label, rows in personal_data.export(owner).items()}


def test_every_model_that_leads_to_a_person_has_an_entry() -> None:
    assert set(personal_data.entries()) == personal_models() | {ours.AuditEvent}  # which names accounts by their id
    assert len(personal_models()) >= 14


def test_parents_stand_before_what_refers_to_them() -> None:
    seen: list[Any] = []
    for model in personal_data.entries():
        seen.append(model)
        relations = [field.related_model for field in model._meta.fields if field.is_relation]
        assert {parent for parent in relations if parent in personal_models()} <= set(seen)


def test_links_have_an_entry_where_their_table_is_installed_alone() -> None:
    with modify_settings(INSTALLED_APPS={"remove": ["social_django"]}):
        assert SOCIAL not in personal_data.entries()


def test_every_column_is_handed_out_or_withheld_on_purpose(ann: Account) -> None:
    exported = personal_data.export(ann)
    assert set(exported) == {model._meta.label for model in WITHHELD}
    for model, withheld in WITHHELD.items():
        (row, *_) = exported[model._meta.label]
        columns = {field.attname for field in model._meta.concrete_fields}
        assert columns - set(row) == set(withheld.split()), model
        assert set(row) <= columns


def test_no_secret_is_handed_out(ann: Account) -> None:
    text = json.dumps(personal_data.export(ann), cls=Encoder)
    assert "hunter2" not in text
    stored = [
        str(value)
        for model in WITHHELD
        for name in {field.attname for field in model._meta.concrete_fields} & set(SECRETS)
        for value in model._base_manager.values_list(name, flat=True)
    ]
    assert len(stored) > 20
    assert [value for value in stored if value in text] == []


def test_a_person_gets_her_own_rows_alone(ann: Account, bob: Account) -> None:
    text = json.dumps(personal_data.export(ann), cls=Encoder)
    assert BOB not in text
    assert str(bob.pk) not in text
    assert f"new-{ANN}" in text
    assert rows_of(ann) == rows_of(bob)
    assert all(rows_of(ann).values())


def test_erasing_leaves_nothing_of_a_person_and_all_of_others(ann: Account, bob: Account, erase: Any) -> None:
    LogEntry.objects.create(user=ann.user, action_flag=ADDITION)
    theirs = rows_of(bob)
    erased = erase(ann)
    assert erased == {**rows_of(bob), "admin.LogEntry": 1}
    left = {model: model._base_manager.count() for model in WITHHELD}
    # The trail keeps its events, without their details, and has two more.
    telling = ours.AuditEvent.objects.filter(erased_at=None).exclude(event__in=["account_deleted", "account_erased"])
    left[ours.AuditEvent] = telling.count()
    # Applications are there for others, with nobody's name on them.
    left[ours.OAuth2Client] = ours.OAuth2Client.objects.exclude(created_by=None).count()
    assert left == {model: theirs[model._meta.label] for model in WITHHELD}
    assert not LogEntry.objects.exists()
    assert rows_of(bob) == theirs


def test_erasing_is_told_when_it_is_done_and_by_whose_id(ann: Account, erase: Any, told: Any) -> None:
    pk = ann.pk
    erase(ann)
    assert told == [(pk, ANN, False)]


@pytest.mark.parametrize(("rule", "error"), [(PROTECT, ProtectedError), (RESTRICT, RestrictedError)])
def test_what_a_host_protects_stops_it_and_nothing_has_changed(
    ann: Account, erase: Any, told: Any, monkeypatch: pytest.MonkeyPatch, rule: Any, error: type[Exception]
) -> None:
    entry = LogEntry.objects.create(user=ann.user, action_flag=ADDITION)
    monkeypatch.setattr(LogEntry._meta.get_field("user").remote_field, "on_delete", rule)
    before = rows_of(ann)
    for action in (erase, personal_data.count):
        with pytest.raises(error) as raised:
            action(ann)
        assert personal_data.blocking(raised.value) == {entry}
    assert rows_of(Account.objects.get(pk=ann.pk)) == before
    assert told == []


def test_host_s_delete_that_keeps_the_user_stops_it(ann: Account, erase: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(User, "delete", lambda _: None)
    with pytest.raises(personal_data.Kept):
        erase(ann)
    assert Account.objects.filter(pk=ann.pk).exists()


def log_of(owner: Account) -> list[dict[str, Any]]:
    return [{"done": entry.action_time} for entry in LogEntry.objects.filter(user=owner.user)]


def forget_log_of(owner: Account) -> int:
    assert Account.objects.filter(pk=owner.pk).exists()  # what it belongs to is still there
    return LogEntry.objects.filter(user=owner.user).delete()[0]


def test_host_s_model_is_handed_out_and_erased_as_it_says(
    ann: Account, erase: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogEntry._meta.get_field("user").remote_field, "on_delete", PROTECT)
    register(LogEntry, exporter=log_of, eraser=forget_log_of)
    entry = LogEntry.objects.create(user=ann.user, action_flag=ADDITION)
    assert personal_data.export(ann)["admin.LogEntry"] == [{"done": entry.action_time}]
    assert personal_data.count(ann)["admin.LogEntry"] == 1
    assert erase(ann)["admin.LogEntry"] == 1
    assert not LogEntry.objects.exists()


def test_host_may_speak_for_its_user_and_for_a_model_of_ours(ann: Account, erase: Any) -> None:
    register(User, exporter=lambda owner: [{"name": owner.user.username}], eraser=lambda _: 0)
    register(ours.RefreshToken, exporter=lambda _: [], eraser=lambda _: 0)
    exported = personal_data.export(ann)
    assert exported["auth.User"] == [{"name": ann.user.username}]
    assert exported["nhost_auth.RefreshToken"] == []
    assert erase(ann)["auth.User"] == 1
    assert not ours.RefreshToken.objects.exists()


def test_failing_eraser_leaves_everything(ann: Account, erase: Any, told: Any) -> None:
    def fail(owner: Account) -> int:
        raise RuntimeError

    before = rows_of(ann)
    register(Account, exporter=lambda _: [], eraser=fail)
    with pytest.raises(RuntimeError):
        erase(ann)
    assert {**rows_of(ann), "nhost_auth.Account": 1} == before
    assert told == []


def test_counting_tells_what_erasing_takes_and_takes_nothing(ann: Account, bob: Account, erase: Any) -> None:
    LogEntry.objects.create(user=ann.user, action_flag=ADDITION)
    ann.user.groups.add(Group.objects.create(name="staff"))
    before = rows_of(ann)
    counted = dict(personal_data.count(ann))
    assert rows_of(ann) == before
    assert (counted["admin.LogEntry"], counted["auth.User_groups"], counted["auth.User"]) == (1, 1, 1)
    assert erase(ann) == counted
