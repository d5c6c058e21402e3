"""Made-up addresses, lists, locales, names and metadata through the doors of the API (accounts.md 1.9-1.11)."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import assume, given
from hypothesis import strategies as st

from nhost_auth.models import Account
from tests.conftest import Api, Inbox, many
from tests.sms_inbox import open_inbox

REFUSED = (401, "invalid-email-password")
NAMES, DOMAINS = ("ann", "Ann", "ANN", "ann+x", "bob"), ("example.com", "Example.COM", "mail.example.com", "acme.io")
EMAILS = st.builds("{}@{}".format, st.sampled_from(NAMES), st.sampled_from(DOMAINS))
SHORT_LISTS = {
    "BLOCKED_EMAILS": st.lists(EMAILS, max_size=2),
    "ALLOWED_EMAILS": st.lists(EMAILS, max_size=2),
    "BLOCKED_EMAIL_DOMAINS": st.lists(st.sampled_from(DOMAINS), max_size=1),
    "ALLOWED_EMAIL_DOMAINS": st.lists(st.sampled_from(DOMAINS), max_size=1),
}
DOORS = {
    "/signup/email-password": {"password": "Correct-horse-7"},
    "/signup/passwordless/email": {},
    "/signup/otp/email": {},
    "/signup/webauthn": {},
    "/signin/passwordless/email": {},
    "/signin/otp/email": {},
}
STORABLE = st.characters(codec="utf-8", exclude_characters="\0")
TEXTS = st.text(max_size=40) | st.text("aé\U0001f600 ,.'-<>&\n\r\t\0\u2028\u202e\ud83d\ude00", max_size=40)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15) | st.text(STORABLE, max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(STORABLE, max_size=9), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(autouse=True)
def all_doors(settings: Any) -> None:
    settings.AUTH_EMAIL_PASSWORDLESS_ENABLED = settings.AUTH_WEBAUTHN_ENABLED = True
    open_inbox(settings)


def units(text: str) -> int:
    """UTF-16 code units, as JavaScript counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def as_sent(text: str) -> str:
    """JSON has two escapes for a pair of surrogates, and for one character beyond the first plane."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@pytest.mark.parametrize("door", DOORS)
def test_lists_decide_who_comes_in_at_every_door(api: Api, inbox: Inbox, door: str) -> None:
    @many(10)
    @given(EMAILS, st.fixed_dictionaries(SHORT_LISTS))
    def hold(email: str, lists: dict[str, list[str]]) -> None:
        Account.objects.all().delete()
        mails = len(inbox)
        with override_settings(**{f"AUTH_ACCESS_CONTROL_{name}": entries for name, entries in lists.items()}):
            reply = api.post(door, {"email": email, **DOORS[door]})
        assert reply.outcome in [(200, None), REFUSED]
        domain, banned = email.partition("@")[2], [entry.lower() for entry in lists["BLOCKED_EMAILS"]]
        named = email in lists["ALLOWED_EMAILS"]
        outside = domain.lower() in [entry.lower() for entry in lists["BLOCKED_EMAIL_DOMAINS"]]
        if email.lower() in banned or (outside and not named):
            assert reply.outcome == REFUSED
        elif named or domain in lists["ALLOWED_EMAIL_DOMAINS"]:
            assert reply.status == 200
        else:
            everybody = not (lists["ALLOWED_EMAILS"] or lists["ALLOWED_EMAIL_DOMAINS"])
            assert reply.status == (200 if everybody else 401)
        if reply.status != 200:
            assert not Account.objects.exists()
            assert len(inbox) == mails

    hold()


def test_what_is_taken_as_an_address_can_be_signed_in_with_in_any_capitals(api: Api) -> None:
    @many(5)
    @given(st.emails() | st.text(max_size=30).map("{}@example.com".format) | st.text(max_size=20))
    def hold(email: str) -> None:
        email = as_sent(email)
        reply = api.sign_up(email)
        if reply.status != 200:
            assert reply.outcome in [
                (400, "bad-request"),
                (400, "schema-validation-error"),
                (409, "user-already-exists"),
            ]
            return
        assert reply.user["email"] == email
        assert api.sign_in(email.upper()).user["id"] == reply.user["id"]
        assert api.sign_up(email.swapcase()).outcome == (409, "user-already-exists")

    hold()


def test_locale_is_an_allowed_one_or_the_default(api: Api, settings: Any) -> None:
    settings.AUTH_LOCALE_ALLOWED_LOCALES, settings.AUTH_LOCALE_DEFAULT = ["en", "fr"], "fr"

    @many(20)
    @given(st.sampled_from(["en", "fr", "EN", "de", "en ", "fr\0"]) | st.text(max_size=4))
    def hold(locale: str) -> None:
        locale = as_sent(locale)
        reply = api.anonymous(locale=locale)
        if not is_storable(locale) or not 2 <= units(locale) <= 3:
            assert reply.outcome == (400, "schema-validation-error")
        else:
            assert reply.user["locale"] == (locale if locale in ("en", "fr") else "fr")

    hold()


def test_name_is_kept_as_it_is_or_refused(api: Api, inbox: Inbox, settings: Any) -> None:
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True

    @many(30)
    @given(TEXTS)
    def hold(name: str) -> None:
        name = as_sent(name)
        Account.objects.all().delete()
        reply = api.sign_up(displayName=name)
        speakable = all(unicodedata.category(letter)[0] in "LNS" or letter in " ,.'-" for letter in name)
        if not name or units(name) > 32 or not speakable:
            assert reply.outcome == (400, "schema-validation-error")
            return
        assert reply.outcome == (200, None)
        assert Account.objects.get().display_name == name
        mail = inbox.last()
        assert "\n" not in mail.message.subject
        assert "<script" not in mail.html

    hold()


def test_guest_s_name_is_kept_as_it_is(api: Api) -> None:
    @many(20)
    @given(TEXTS)
    def hold(name: str) -> None:
        name = as_sent(name)
        reply = api.anonymous(displayName=name)
        if is_storable(name):
            assert reply.user["displayName"] == name
        else:
            assert reply.outcome == (400, "schema-validation-error")

    hold()


def test_metadata_is_given_back_as_it_came(api: Api) -> None:
    @many(30)
    @given(st.dictionaries(st.text(STORABLE, max_size=9), JSON_VALUES, max_size=4))
    def hold(metadata: dict[str, Any]) -> None:
        assert api.anonymous(metadata=metadata).user["metadata"] == metadata
        stored = Account.objects.latest("created_at").metadata
        assert stored == metadata

    hold()


def test_any_json_is_metadata_or_refused(api: Api) -> None:
    @many(20)
    @given(
        st.recursive(
            st.none() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
            max_leaves=5,
        )
    )
    def hold(metadata: Any) -> None:
        assume(not (isinstance(metadata, float) and not math.isfinite(metadata)))
        reply = api.anonymous(metadata=metadata)
        assert reply.outcome in [(200, None), (400, "schema-validation-error"), (400, "request-validation-error")]
        assert isinstance(metadata, dict) or reply.status == 400

    hold()
