"""Rows that belong to Nhost's users: which are left out and why, and what an update leaves alone."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from nhost_auth.imports import nhost_tables
from nhost_auth.imports.report import Report
from nhost_auth.imports.users import Person
from nhost_auth.models import RefreshToken, SecurityKey, provider_links
from tests.conftest import PASSWORD, Api, account
from tests.imports.importing import import_nhost
from tests.imports.nhost_database import PASSWORD as OLD_PASSWORD
from tests.imports.nhost_database import Nhost

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hashers")]


def add_link(nhost: Nhost, user_id: uuid.UUID, **columns: Any) -> uuid.UUID:
    values = {"provider_id": "github", "provider_user_id": "77", "access_token": "unset"}
    return nhost.add("user_providers", user_id=user_id, **values | columns)


def test_link_that_somebody_here_has_stays_theirs(api: Api, nhost: Nhost) -> None:
    bob = account(api.sign_up("bob@example.com")).user
    provider_links.rows().create(user=bob, provider="github", uid="77")
    link_id = add_link(nhost, nhost.add_user())
    assert f"user_providers {link_id}: provider-account-taken" in import_nhost(nhost)
    assert provider_links.rows().get().user == bob


def test_link_of_a_custom_provider_and_of_an_unknown_one(nhost: Nhost) -> None:
    nhost.execute("insert into auth.providers values ('c:acme'), ('myspace')")
    user_id = nhost.add_user()
    add_link(nhost, user_id, provider_id="c:acme")
    unknown = add_link(nhost, user_id, provider_id="myspace")
    assert f"user_providers {unknown}: provider-unknown" in import_nhost(nhost)
    assert provider_links.rows().get().provider == "c:acme"


@pytest.mark.parametrize("subject", ["", "x" * 256])
def test_link_that_no_column_holds_is_left_out(nhost: Nhost, subject: str) -> None:
    add_link(nhost, nhost.add_user(), provider_user_id=subject)
    assert "provider-user-id-unusable 1" in import_nhost(nhost)


def test_ids_at_a_provider_that_differ_in_case_are_two_people(nhost: Nhost) -> None:
    users = [nhost.add_user(f"{name}@example.com") for name in ("ann", "bob")]
    for user_id, subject in zip(users, ("abc", "ABC"), strict=True):
        add_link(nhost, user_id, provider_user_id=subject)
    import_nhost(nhost)
    owners = {row.uid: row.user.account.pk for row in provider_links.rows().select_related("user__account")}
    assert owners in (
        {"abc": users[0], "ABC": users[1]},
        {"abc": users[0]},
        {"ABC": users[1]},
    )  # MariaDB has room for one


def test_links_are_left_out_where_social_django_is_not_installed(nhost: Nhost, settings: Any) -> None:
    add_link(nhost, nhost.add_user())
    with apps_without("social_django"):
        assert "social-django-not-installed 1" in import_nhost(nhost)
    assert not provider_links.rows().exists()


def apps_without(label: str) -> Any:
    from django.test import override_settings

    return override_settings(INSTALLED_APPS=[app.name for app in apps.get_app_configs() if app.label != label])


def test_key_without_its_public_half_is_left_out(nhost: Nhost) -> None:
    nhost.add("user_security_keys", user_id=nhost.add_user(), credential_id="abc")
    assert "public-key-missing 1" in import_nhost(nhost)
    assert not SecurityKey.objects.exists()


def test_key_that_somebody_here_has_stays_theirs(api: Api, nhost: Nhost) -> None:
    columns = {"credential_id": "abc", "credential_public_key": b"key"}
    key_id = nhost.add("user_security_keys", user_id=nhost.add_user(), **columns)
    import_nhost(nhost)
    bob = account(api.sign_up("bob@example.com"))
    SecurityKey.objects.update(account=bob)
    assert f"user_security_keys {key_id}: id-taken" in import_nhost(nhost, "--update")
    SecurityKey.objects.update(id=uuid.uuid4())
    assert f"user_security_keys {key_id}: refused-by-database" in import_nhost(nhost, "--update")
    assert SecurityKey.objects.get().account == bob


def test_details_of_a_key_are_cut_to_what_there_is_room_for(nhost: Nhost) -> None:
    columns = {"credential_public_key": b"key", "transports": '["usb","smart-card"]', "nickname": "n" * 300}
    nhost.add("user_security_keys", user_id=nhost.add_user(), credential_id="abc==", **columns)
    import_nhost(nhost)
    key = SecurityKey.objects.get()
    assert (key.credential_id, key.transports, key.nickname) == ("abc", "usb,smart-card", "n" * 255)


def test_counter_that_went_on_here_is_not_set_back(nhost: Nhost) -> None:
    columns = {"credential_id": "abc", "credential_public_key": b"key", "counter": 3}
    nhost.add("user_security_keys", user_id=nhost.add_user(), **columns)
    import_nhost(nhost)
    SecurityKey.objects.update(counter=9)
    import_nhost(nhost, "--update")
    assert SecurityKey.objects.get().counter == 9


@pytest.mark.parametrize("stored", ["\\x12", "\\x" + "g" * 64, "f" * 65])
def test_token_with_a_damaged_hash_is_left_out(nhost: Nhost, stored: str) -> None:
    nhost.add_token(nhost.add_user(), refresh_token_hash=stored)
    assert "refresh-token-hash-malformed 1" in import_nhost(nhost)


def test_token_of_an_unknown_kind_is_left_out(nhost: Nhost) -> None:
    nhost.execute("insert into auth.refresh_token_types values ('other')")
    nhost.add_token(nhost.add_user(), type="other")
    assert "refresh-token-type-unknown 1" in import_nhost(nhost)


def test_token_whose_id_is_somebody_else_s_here_is_left_out(api: Api, nhost: Nhost) -> None:
    token = RefreshToken.objects.get(account=account(api.sign_up("bob@example.com")))
    nhost.add_token(nhost.add_user(), id=token.pk)
    assert f"refresh_tokens {token.pk}: id-taken" in import_nhost(nhost)
    token.refresh_from_db()


def test_session_that_went_on_here_survives_an_update(api: Api, nhost: Nhost) -> None:
    _, secret = nhost.add_token(nhost.add_user())
    import_nhost(nhost)
    following = api.post("/token", {"refreshToken": secret}).refresh_token
    import_nhost(nhost, "--update")
    assert api.post("/token", {"refreshToken": following}).status == 200


def test_session_ends_when_the_project_wants_it_to(nhost: Nhost, settings: Any) -> None:
    settings.AUTH_REFRESH_TOKEN_MAX_LIFETIME = 86400
    user_id, begun = nhost.add_user(), datetime.now(UTC) - timedelta(hours=3)
    nhost.add_token(user_id, created_at=begun)
    pat_id, _ = nhost.add_token(user_id, type="pat", created_at=begun)
    import_nhost(nhost)
    session, pat = RefreshToken.objects.exclude(pk=pat_id).get(), RefreshToken.objects.get(pk=pat_id)
    assert session.expires_at == session.ends_at == begun + timedelta(days=1)
    assert (pat.ends_at, pat.expires_at > begun + timedelta(days=2)) == (None, True)


def test_rows_of_an_account_that_may_not_be_written_are_left_out(api: Api) -> None:
    ann = account(api.sign_up())
    people, report = {ann.pk: Person(ann.pk, ann.user_id, writable=False)}, Report()
    link = {"id": uuid.uuid4(), "user_id": ann.pk, "provider_id": "github", "provider_user_id": "77"}
    nhost_tables.store_provider_links([link], people, report)
    assert report.reasons == {"user-already-here": 1}


def test_passwords_of_both_worlds_are_told_apart(api: Api, nhost: Nhost) -> None:
    nhost.add_user()
    api.sign_up("bob@example.com")
    import_nhost(nhost)
    assert api.sign_in("bob@example.com", PASSWORD).status == 200
    assert api.sign_in("bob@example.com", OLD_PASSWORD).outcome == (401, "invalid-email-password")
