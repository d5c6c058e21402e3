"""How many requests pass, of which kind and from whom (configuration.md 6.2, accounts.md 1.1)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from rest_framework import serializers

from nhost_auth.http.endpoint import NO_SUCH_METHOD, Story
from nhost_auth.http.inputs import snake_case
from nhost_auth.http.rate_limits import BUCKETS, RECIPIENTS
from tests.conftest import PASSWORD, PREFIX, Api, Inbox, Reply
from tests.counters import MIDNIGHT, NOWHERE, moved
from tests.counters import limits as limits

ALWAYS_MAIL = """/signin/passwordless/email /signin/otp/email /user/email/change /user/password/reset
/signup/passwordless/email /signup/otp/email /elevate/otp/email"""
MAIL_TO_VERIFY = """/signup/email-password /user/email/send-verification-email /user/deanonymize"""
SMS = """/signin/passwordless/sms /signup/passwordless/sms /user/phone-number/change /user/deanonymize/sms
/elevate/otp/sms"""
"""The last three are ours; so is everything of /anonymous/convert, which is not Nhost's."""
OF_APPLICATIONS = [f"/oauth2/{word}" for word in ("token", "introspect", "device_authorization", "logout", "register")]
GUESS = {"email": "nobody@example.com", "password": "wrong-horse"}


def stories(urls: str = "nhost_auth.urls") -> Iterator[tuple[str, str, Story]]:
    for pattern in get_resolver(urls).url_patterns:
        view: Any = pattern.callback
        for method, name in view.actions.items():
            if name != NO_SUCH_METHOD:
                yield method, f"/{pattern.pattern}", view.cls.stories[name]


def specified(path: str) -> set[str]:
    """The buckets of a path by the words of configuration.md 6.2."""
    asking = ("/signin", "/elevate", "/oauth2/authorize", "/oauth2/login", "/oauth2/device")
    guessable = path.startswith(asking) or path.endswith(("/verify", "/otp"))
    belongs = {
        "email": path in ALWAYS_MAIL.split(),
        "verification_email": path in MAIL_TO_VERIFY.split(),
        "sms": path in SMS.split(),
        "brute_force": guessable and path != "/oauth2/device_authorization",
        "signups": path.startswith("/signup"),
        "oauth2_server": path in OF_APPLICATIONS,
    }
    return {bucket for bucket, applies in belongs.items() if applies}


def named(part: Any) -> str:
    return part if isinstance(part, str) else ""


@pytest.mark.parametrize(("method", "path", "story"), list(stories()), ids=named)
def test_buckets_are_those_of_the_path(method: str, path: str, story: Story) -> None:
    assert set(story.limits) == specified(path)
    assert len(set(story.limits)) == len(story.limits)
    assert set(story.limits) <= set(BUCKETS) - {"global"}


def test_map_shows_them(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("auth_map", "--json")
    rows = {row["path"]: row["limits"] for row in json.loads(capsys.readouterr().out)}
    assert rows["/signin/otp/email"] == ["global", "email", "brute_force"]
    assert rows["/version"] == ["global"]


@pytest.mark.parametrize(("method", "path", "story"), list(stories()), ids=named)
def test_stories_that_take_a_code_at_a_guessable_path_say_so(method: str, path: str, story: Story) -> None:
    fields: dict[str, serializers.Field[Any, Any, Any, Any]] = story.request().get_fields() if story.request else {}
    fields |= story.query().get_fields() if story.query else {}
    assert story.takes_code is bool({"otp", "userCode", "user_code"} & set(fields))
    assert "brute_force" in story.limits or not story.takes_code


def statuses(api: Api, count: int, path: str, body: Any = None) -> list[int]:
    return [api.call("GET" if body is None else "POST", path, body).status for _ in range(count)]


def test_nothing_is_limited_by_default(api: Api, settings: Any) -> None:
    settings.AUTH_RATE_LIMIT_GLOBAL_BURST = 1
    assert statuses(api, 3, "/version") == [200] * 3


@pytest.mark.parametrize("path", ["/version", "/healthz", "/.well-known/jwks.json", "/user", "/verify"])
def test_everything_counts_in_the_global_bucket(api: Api, limits: Any, path: str) -> None:
    limits.AUTH_RATE_LIMIT_GLOBAL_BURST = 2
    first = statuses(api, 2, path)
    assert 429 not in first
    assert statuses(api, 2, path) == [429, 429]
    assert statuses(api, 1, "/healthz") == [429]


def test_unknown_method_counts_and_preflight_does_not(api: Api, limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_GLOBAL_BURST = 2
    assert [api.call("OPTIONS", "/version").status for _ in range(5)] == [204] * 5
    assert [api.call("DELETE", "/version").status for _ in range(3)] == [404, 404, 429]
    assert api.call("OPTIONS", "/version").status == 204


def test_answer_is_empty_and_tells_when_to_come_again(api: Api, limits: Any, time_machine: Any) -> None:
    limits.AUTH_RATE_LIMIT_BRUTE_FORCE_BURST = 2
    time_machine.move_to(MIDNIGHT, tick=False)
    statuses(api, 2, "/signin/pat", {})
    reply = api.post("/signin/pat", {}, headers={"Origin": "https://app.example.com"})
    assert (reply.status, reply.text) == (429, "")
    assert reply.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    wait = int(reply.headers["Retry-After"])
    assert wait == 301
    time_machine.shift(wait - 2)
    assert api.post("/signin/pat", {}).status == 429
    time_machine.shift(2)
    assert api.post("/signin/pat", {}).status == 400


def test_retry_after_counts_what_lingers_from_the_window_before(api: Api, limits: Any, time_machine: Any) -> None:
    limits.AUTH_RATE_LIMIT_GLOBAL_BURST, limits.AUTH_RATE_LIMIT_GLOBAL_INTERVAL = 10, 100
    time_machine.move_to(MIDNIGHT, tick=False)
    statuses(api, 10, "/version")
    # Half of the ten still weigh; after five more, one more passes once they weigh four.
    time_machine.shift(149)
    assert statuses(api, 6, "/version") == [200] * 5 + [429]
    wait = int(api.get("/version").headers["Retry-After"])
    time_machine.shift(wait - 1)
    assert statuses(api, 1, "/version") == [429]
    time_machine.shift(1)
    assert statuses(api, 2, "/version") == [200, 429]


def test_refused_requests_are_not_counted(api: Api, limits: Any, time_machine: Any) -> None:
    limits.AUTH_RATE_LIMIT_GLOBAL_BURST = 2
    time_machine.move_to(MIDNIGHT, tick=False)
    assert statuses(api, 30, "/version").count(200) == 2
    time_machine.shift(60 + 31)
    assert statuses(api, 3, "/version") == [200, 200, 429]


def test_limit_comes_before_token_body_and_switches(api: Api, limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_SIGNUPS_BURST, limits.AUTH_DISABLE_SIGNUP = 1, True
    assert api.post("/signup/email-password", content=b"{").status == 400
    assert api.post("/signup/email-password", content=b"{").status == 429


def test_global_refusal_touches_no_other_counter(api: Api, limits: Any, time_machine: Any) -> None:
    limits.AUTH_RATE_LIMIT_GLOBAL_BURST, limits.AUTH_RATE_LIMIT_BRUTE_FORCE_BURST = 1, 2
    time_machine.move_to(MIDNIGHT, tick=False)
    assert statuses(api, 5, "/signin/pat", {}) == [400, 429, 429, 429, 429]
    limits.AUTH_RATE_LIMIT_GLOBAL_BURST = 100
    assert statuses(api, 2, "/signin/pat", {}) == [400, 429]


def test_guesses_of_all_kinds_share_a_bucket_and_the_rest_is_free(api: Api, limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_BRUTE_FORCE_BURST = 3
    session = api.sign_up()
    assert [api.post("/signin/email-password", GUESS).status for _ in range(2)] == [401, 401]
    assert api.post("/signin/otp/email/verify", {"email": "a@example.com", "otp": "123456"}).status == 400
    assert api.post("/token/verify", {"token": "x"}).status == 429
    assert api.get("/verify").status == api.sign_in().status == 429
    assert api.get("/signin/provider/github/callback").status == 429
    assert api.get("/user", token=session.token).status == 200
    assert api.post("/token", {"refreshToken": session.refresh_token}).status == 200
    assert api.post("/user/password/reset", {"email": "ann@example.com"}).status == 200


def test_mails_are_limited_and_the_one_too_many_does_not_leave(api: Api, inbox: Inbox, limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_EMAIL_BURST = 2
    api.sign_up()
    got = statuses(api, 3, "/user/password/reset", {"email": "ann@example.com"})
    assert (got, len(inbox)) == ([200, 200, 429], 2)


@pytest.mark.parametrize(("required", "third"), [(True, 429), (False, 409)])
def test_sign_up_counts_as_mail_where_it_sends_one(api: Api, limits: Any, required: bool, third: int) -> None:
    limits.AUTH_RATE_LIMIT_EMAIL_BURST = 2
    limits.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = required
    assert [api.sign_up().status, api.sign_up().status, api.sign_up().status] == [200, 409, third]


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"], ids=["known", "unknown"])
def test_messages_to_one_recipient_are_limited_from_however_many_clients(
    api: Api, inbox: Inbox, limits: Any, email: str
) -> None:
    limits.AUTH_RATE_LIMIT_RECIPIENT_BURST = 3
    api.sign_up()
    asked = [moved(api, f"192.0.2.{last}").post("/user/password/reset", {"email": email}).status for last in range(5)]
    assert [status == 429 for status in asked] == [False, False, False, True, True]
    assert api.post("/user/password/reset", {"email": email.upper()}).status == 429
    assert api.post("/signin/passwordless/email", {"email": email}).headers["Retry-After"]
    assert len(inbox) == 3 * (email == "ann@example.com")


def test_messages_to_others_and_passwords_go_on(api: Api, limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_RECIPIENT_BURST = 1
    api.sign_up()
    assert statuses(api, 2, "/user/password/reset", {"email": "ann@example.com"}) == [200, 429]
    assert api.sign_in().status == 200
    api.sign_up("bob@example.com")
    assert statuses(api, 1, "/user/password/reset", {"email": "bob@example.com"}) == [200]


def test_recipients_by_sms_are_limited_too(api: Api, limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_RECIPIENT_BURST = 2
    limits.AUTH_SMS_PASSWORDLESS_ENABLED, limits.AUTH_SMS_PROVIDER = True, "memory"
    got = statuses(api, 3, "/signin/passwordless/sms", {"phoneNumber": "+41790000000"})
    assert got == [200, 200, 429]


def test_zero_limits_no_recipient(api: Api, limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_RECIPIENT_BURST = 0
    api.sign_up()
    assert statuses(api, 30, "/user/password/reset", {"email": "ann@example.com"}) == [200] * 30


@pytest.mark.parametrize(("method", "path", "story"), list(stories()), ids=named)
def test_stories_that_send_messages_name_the_recipient_or_know_them(method: str, path: str, story: Story) -> None:
    fields = set(story.request().get_fields()) if story.request else set()
    sends = {"email", "verification_email", "sms"} & set(story.limits)
    known = story.guard is not None and path.startswith("/elevate")
    assert not sends or known or RECIPIENTS & set(map(snake_case, fields))


def fire(address: str, path: str = "/version") -> int:
    return Client(REMOTE_ADDR=address).get(PREFIX + path).status_code


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "unix:", True),
        ("", "192.0.2.1", False),
    ],
)
def test_who_is_counted_together(db: None, limits: Any, first: str, second: str, same: bool) -> None:
    limits.AUTH_RATE_LIMIT_GLOBAL_BURST = 1
    assert [fire(first), fire(first), fire(second)] == [200, 429, 429 if same else 200]


def test_mails_may_have_one_counter_for_all_addresses(db: None, limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_EMAIL_BURST, limits.AUTH_RATE_LIMIT_EMAIL_IS_GLOBAL = 1, True

    def ask(address: str) -> int:
        client = Client(REMOTE_ADDR=address)
        return client.post(f"{PREFIX}/user/password/reset", GUESS, "application/json").status_code

    assert [ask("192.0.2.1"), ask("192.0.2.2")] == [400, 429]
    limits.AUTH_RATE_LIMIT_EMAIL_IS_GLOBAL = False
    assert [ask("192.0.2.3"), ask("192.0.2.4")] == [400, 400]


def test_limit_of_zero_lets_nobody_in(api: Api, limits: Any) -> None:
    limits.AUTH_RATE_LIMIT_SIGNUPS_BURST = 0
    reply = api.sign_up()
    assert (reply.status, reply.headers["Retry-After"]) == (429, "300")


def test_without_storage_codes_are_refused_and_the_rest_passes(
    api: Api, limits: Any, caplog: pytest.LogCaptureFixture, time_machine: Any
) -> None:
    time_machine.move_to(MIDNIGHT, tick=False)
    limits.AUTH_RATE_LIMIT_STORAGE = NOWHERE.replace("//", "//:hunter2@")
    reply: Reply = api.post("/signin/otp/email/verify", {"email": "ann@example.com", "otp": "123456"})
    assert (reply.status, reply.text, reply.headers["Retry-After"]) == (503, "", "5")
    assert api.sign_up().status == api.sign_in(password=PASSWORD).status == 200
    for seconds, lines in ((0, 1), (59, 1), (2, 2)):
        time_machine.shift(seconds)
        assert api.get("/version").status == 200
        records = [record for record in caplog.records if record.name == "nhost_auth.rate_limits"]
        assert [record.levelno for record in records] == [logging.ERROR] * lines
    assert "hunter2" not in caplog.text
    limits.AUTH_RATE_LIMIT_STORAGE = ""
    time_machine.shift(2)
    assert api.post("/signin/otp/email/verify", {"email": "ann@example.com", "otp": "123456"}).status == 400
