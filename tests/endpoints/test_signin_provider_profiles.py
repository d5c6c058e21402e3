"""Who somebody is by what each provider says of them (identity.md 4.5)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.db import connection

from nhost_auth.models import Account, provider_links
from tests.conftest import Api, Reply
from tests.played import ALL
from tests.played.lists import Github
from tests.played.provider import Played
from tests.visits import every_provider, of, session, sign_in, visit

GRAVATAR = hashlib.md5(b"ann@example.com", usedforsecurity=False).hexdigest()
NO_TRUE = [False, None, "true", 1, [True], "absent"]
SIGNALS = ("apple", "discord", "entraid", "github", "google", "linkedin")
SAYS_NOTHING = tuple(played.slug for played in ALL if not played.signal and played.slug != "strava")
ODD = [None, 7, ["x"], {"a": {}}, "a\0b", "\ud800", "x" * 5000]


def failed(reply: Reply) -> bool:
    return (reply.status, reply.query.get("error")) == (302, "oauth-profile-fetch-failed")


@every_provider
def test_table_of_profiles(api: Api, provider: Played) -> None:
    user, person = sign_in(api, provider).user, provider.person
    assert (user.get("email"), user["displayName"]) == (person.email, person.name)
    assert user["emailVerified"] is bool(provider.signal)
    if person.avatar:
        assert user["avatarUrl"] == person.avatar
    else:
        assert user["avatarUrl"].startswith(f"https://www.gravatar.com/avatar/{GRAVATAR}?")
    assert (user["phoneNumberVerified"], user["isAnonymous"]) == (False, False)
    assert Account.objects.get().user.has_usable_password() is False


@of(*SIGNALS)
def test_address_is_verified_by_the_json_value_true_alone(api: Api, provider: Played) -> None:
    for number, value in enumerate([*NO_TRUE, True]):
        provider.become(f"{number}")
        provider.move(f"ann{number}@example.com")
        provider.leave_verified_out() if value == "absent" else provider.verify(value)
        user = sign_in(api, provider).user
        assert (user["email"], user["emailVerified"]) == (f"ann{number}@example.com", value is True)
        provider.verify(value=True)


@of("bitbucket")
def test_bitbuckets_person_without_a_confirmed_address_is_none(api: Api, provider: Played) -> None:
    for value in NO_TRUE:
        provider.leave_verified_out() if value == "absent" else provider.verify(value)
        assert failed(visit(api, provider))
        provider.verify(value=False)
    assert Account.objects.count() == 0


@of("gitlab")
@pytest.mark.parametrize("value", [None, "", " ", False, True, 0, 1, [], ["2012"], {}, "absent"], ids=str)
def test_gitlab_tells_when_an_address_was_confirmed(api: Api, provider: Played, value: Any) -> None:
    provider.leave_verified_out() if value == "absent" else provider.verify(value)
    assert sign_in(api, provider).user["emailVerified"] is False


@of(*SAYS_NOTHING)
def test_providers_that_say_nothing_of_addresses_are_not_believed_to(api: Api, provider: Played) -> None:
    members = ("verified", "email_verified", "verified_email", "is_confirmed", "is_verified")
    provider.profile |= dict.fromkeys(members, True) | {"confirmed_at": "2012-05-23T09:05:22Z"}
    assert sign_in(api, provider).user["emailVerified"] is False


@every_provider
def test_person_without_an_address(api: Api, provider: Played) -> None:
    provider.move(None)
    reply = visit(api, provider)
    assert failed(reply) == provider.needs_email
    if provider.needs_email:
        assert Account.objects.count() == 0
        return
    ann = session(api, reply)
    assert ("email" in ann.user, ann.user["emailVerified"]) == (False, False)
    assert ann.user["displayName"] == provider.person.name
    assert ann.user["avatarUrl"].startswith(provider.person.avatar or "https://www.gravatar.com/avatar/")
    assert api.get("/user", token=ann.token).json["id"] == ann.user["id"]
    assert api.post("/token", {"refreshToken": ann.refresh_token}).user["id"] == ann.user["id"]
    assert sign_in(api, provider).user["id"] == ann.user["id"]


@of("strava")
@pytest.mark.parametrize("required", [True, False])
def test_stravas_people_have_no_address_and_are_people_all_the_same(
    api: Api, provider: Played, settings: Any, required: bool
) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    settings.AUTH_ACCESS_CONTROL_ALLOWED_EMAIL_DOMAINS = ["example.com"]
    ann = sign_in(api, provider)
    assert "email" not in ann.user
    for _ in range(2):
        assert api.get("/user", token=ann.token).json["displayName"] == "Ann Example"
        ann = api.post("/token", {"refreshToken": ann.refresh_token})
    body = {"expiresAt": "2090-01-01T00:00:00Z"}
    assert api.post("/pat", body, token=ann.token).status == 200
    assert sign_in(api, provider).user["id"] == ann.user["id"]


@every_provider
def test_second_person_of_a_provider_is_somebody_else(api: Api, provider: Played) -> None:
    first = sign_in(api, provider)
    provider.become(f"{provider.person.user_id}0")
    provider.move("bob@example.com")
    assert sign_in(api, provider).user["id"] != first.user["id"]


@every_provider
def test_person_without_an_id_is_none(api: Api, provider: Played) -> None:
    for user_id in ("", None, True, [], "x" * 256):
        provider.become(user_id)
        assert failed(visit(api, provider))
    del provider.profile[provider.id_key]
    assert failed(visit(api, provider))
    assert Account.objects.count() == 0


@every_provider
def test_id_that_cannot_be_stored_is_none_and_not_somebody_elses(api: Api, provider: Played) -> None:
    for user_id in ("a\0b", "a\ud800b", " ab"):
        provider.become(user_id)
        assert failed(visit(api, provider))
    assert Account.objects.count() == 0


@of("google", "facebook", "windowslive")
def test_empty_address_is_none(api: Api, provider: Played) -> None:
    provider.move("")
    assert "email" not in sign_in(api, provider).user


@of("google", "github", "twitch", "strava")
@pytest.mark.parametrize(
    ("user_id", "stored"), [(583231, "583231"), (2**63, str(2**63)), (0, "0"), ("x" * 255, "x" * 255)]
)
def test_ids_are_texts_and_numbers_are_written_out(api: Api, provider: Played, user_id: Any, stored: str) -> None:
    provider.become(user_id)
    sign_in(api, provider)
    assert provider_links.rows().get().uid == stored
    provider.become(stored)
    sign_in(api, provider)
    assert Account.objects.count() == 1


@of("github", "spotify", "apple")
def test_ids_that_differ_in_case_or_accents_are_different_people(api: Api, provider: Played) -> None:
    people = set()
    for number, user_id in enumerate(("abc", "ABC", "àbc", "abcx")):
        provider.become(user_id)
        provider.move(f"ann{number}@example.com")
        reply = visit(api, provider)
        # MariaDB's unique column takes the first three for one: then the later ones cannot come in at all.
        if connection.vendor != "mysql" or "error" not in reply.query:
            people.add(session(api, reply).user["id"])
    assert len(people) == Account.objects.count() == (2 if connection.vendor == "mysql" else 4)


@every_provider
def test_members_of_odd_types_and_lengths_are_no_crash(api: Api, provider: Played) -> None:
    for number, odd in enumerate(ODD):
        provider.profile = dict.fromkeys(provider.shape, odd)
        provider.become(f"person {number}")
        query = visit(api, provider).query
        assert query.get("error", "oauth-profile-fetch-failed") in (
            "oauth-profile-fetch-failed",
            "invalid-email-password",
        )


@every_provider
def test_name_is_the_id_where_there_is_none(api: Api, provider: Played) -> None:
    unnamed = {"name", "display_name", "username", "discriminator", "given_name", "family_name", "givenname"}
    unnamed |= {"familyname", "firstname", "lastname", "first_name", "last_name"}
    for name in unnamed & set(provider.profile):
        provider.profile[name] = ""
    if provider.slug == "apple":
        provider.user = "{}"  # type: ignore[attr-defined]
    by_email = provider.slug in ("apple", "linkedin")
    expected = "#" if provider.slug == "discord" else provider.person.email if by_email else provider.person.user_id
    assert sign_in(api, provider).user["displayName"] == expected


OLD = {"email": "old@example.com", "primary": False, "verified": True}
MAIN = {"email": "main@example.com", "primary": True, "verified": True}
NEW = {"email": "new@example.com", "primary": True, "verified": False}
RAW = {"email": "raw@example.com", "primary": False, "verified": False}


@pytest.mark.parametrize(
    ("emails", "expected"),
    [
        ([OLD, MAIN], ("main@example.com", True)),
        ([RAW, NEW, OLD], ("old@example.com", True)),
        ([RAW, NEW], ("raw@example.com", False)),
        ([NEW, RAW], ("new@example.com", False)),
        ([{**MAIN, "verified": "true"}, OLD], ("old@example.com", True)),
        ([{**MAIN, "primary": "true"}, OLD], ("main@example.com", True)),
        ([RAW, {**MAIN, "verified": 1}], ("raw@example.com", False)),
    ],
)
def test_github_address_is_the_verified_primary_one_or_any_verified_one_or_the_first(
    api: Api, provider: Github, emails: list[dict[str, Any]], expected: tuple[str, bool]
) -> None:
    provider.emails = emails
    user = sign_in(api, provider).user
    assert (user["email"], user["emailVerified"]) == expected


@pytest.mark.parametrize(
    "emails", [[], {}, None, "ann@example.com", ["ann@example.com"], [None], {"message": "x"}], ids=str
)
@of("github", "bitbucket")
def test_list_of_addresses_that_is_none_is_no_profile(api: Api, provider: Github, emails: Any) -> None:
    provider.emails = emails
    assert failed(visit(api, provider))


@of("windowslive")
@pytest.mark.parametrize(
    ("emails", "expected"),
    [
        ({"preferred": "a@example.com", "account": "b@example.com"}, "a@example.com"),
        ({"preferred": None, "account": "b@example.com"}, "b@example.com"),
        ({"preferred": "", "account": "b@example.com", "personal": "c@example.com"}, "b@example.com"),
        ({"personal": "c@example.com"}, None),
        (None, None),
    ],
)
def test_windows_live_address_is_the_preferred_one_or_the_accounts(
    api: Api, provider: Played, emails: Any, expected: str | None
) -> None:
    provider.profile["emails"] = emails
    assert sign_in(api, provider).user.get("email") == expected


@pytest.mark.parametrize(
    ("provider", "member", "value"),
    [
        ("spotify", "images", []),
        ("spotify", "images", [{}]),
        ("facebook", "picture", {"data": {}}),
        ("facebook", "picture", "https://x.example"),
        ("bitbucket", "links", {"avatar": None}),
        ("google", "picture", None),
    ],
    indirect=["provider"],
)
def test_picture_that_is_not_where_it_should_be_is_none(api: Api, provider: Played, member: str, value: Any) -> None:
    provider.profile[member] = value
    assert sign_in(api, provider).user["avatarUrl"].startswith(f"https://www.gravatar.com/avatar/{GRAVATAR}?")


@of("discord")
def test_discords_picture_is_printed_even_without_one(api: Api, provider: Played) -> None:
    provider.profile["avatar"] = None
    assert sign_in(api, provider).user["avatarUrl"] == "https://cdn.discordapp.com/avatars/80351110/.png"
