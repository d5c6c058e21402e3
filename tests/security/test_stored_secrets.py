"""A stolen database signs nobody in (OWASP ASVS 5.0, 6.5.2 and 11.4; NIST SP 800-63B-4, sections 3.1.1.2 and 3.1.2.2).

Of what was given to people, and of what they chose, neither the text nor any encoding of it stands in any column of any
table, before it is used and after. Secrets that could be found by trying are not even stored as a bare digest.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from nhost_auth.infra.crypto import digest
from nhost_auth.models import OneTimeCode, RecoveryCode, RecoveryDevice, SecurityKey
from nhost_auth.pytest_plugin.authenticator import Authenticator
from tests.conftest import PASSWORD, Api, Inbox, Reply
from tests.endpoints.totp_app import code_of, enrol
from tests.security.dump import dump, places
from tests.security.people import Person, open_every_way
from tests.sms_inbox import CHANGE, CHANGE_VERIFY, NUMBER, OTHER_NUMBER, OTP, SEND, code
from tests.ways import ANN, TARGET
from tests.webauthn_page import ADD, ELEVATE, ORIGIN, SIGN_IN, SIGN_IN_VERIFY, SIGN_UP, SIGN_UP_VERIFY, add_key

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
NEW_PASSWORD = "Another-horse-8"
BOB, CAROL = "bob@example.com", "carol@example.com"


@dataclass
class Given:
    """What people hold, by name: random tokens, and what is short enough to be tried."""

    long: dict[str, str] = field(default_factory=dict)
    short: dict[str, str] = field(default_factory=dict)

    def session(self, name: str, reply: Reply) -> Reply:
        self.long |= {f"refresh token {name}": reply.refresh_token, f"access token {name}": reply.token}
        return reply

    def found(self) -> dict[str, set[str]]:
        """Where in the database they stand."""
        rows = dump()
        told = {name: places(rows, secret) for name, secret in self.long.items()}
        told |= {name: places(rows, secret, digests=True) for name, secret in self.short.items()}
        return {name: where for name, where in told.items() if where}


@dataclass
class Town:
    """Ann, Bob and Carol, who have asked for everything there is and used little of it."""

    api: Api
    inbox: Inbox
    given: Given = field(default_factory=Given)
    device: Authenticator = field(default_factory=lambda: Authenticator(ORIGIN))

    def post(self, path: str, body: dict[str, Any] | None = None, **more: Any) -> Reply:
        reply = self.api.post(path, body, **more)
        assert reply.status == 200, reply.text
        return reply

    def settle(self) -> None:
        self.given.short |= {"password": PASSWORD}
        self.ann = self.given.session("of the sign-up", self.api.sign_up(metadata={"note": "in clear"}))
        self._links()
        self._second_factor()
        self._keys()
        self.ann = self.given.session("refreshed", self.post("/token", {"refreshToken": self.ann.refresh_token}))
        pat = self.post("/pat", {"expiresAt": "2090-01-01T00:00:00Z"}, token=self.ann.token)
        self.given.long["personal access token"] = pat.json["personalAccessToken"]
        self._codes()

    def _links(self) -> None:
        self._ask("/user/email/send-verification-email", ANN)
        self._ask("/signin/passwordless/email", {**ANN, "codeChallenge": CHALLENGE})
        redirected = self.follow(self.inbox.last().ticket, codeChallenge=CHALLENGE)
        self.given.long |= {"PKCE code": redirected["code"], "PKCE verifier": VERIFIER}
        self._ask("/signin/passwordless/email", ANN)
        self._ask("/user/password/reset", ANN)
        self._ask("/user/email/change", {"newEmail": "new@example.com"})

    def _ask(self, path: str, body: dict[str, Any]) -> None:
        """For a link; the newest of a kind is the good one."""
        self.post(path, body, token=self.ann.token)
        self.given.long[f"ticket of {path}"] = self.inbox.last().ticket

    def _second_factor(self) -> None:
        self.secret = enrol(self.api, self.ann)
        used = code_of(self.secret)
        elevated = self.given.session("elevated", self.post("/elevate/totp", {"otp": used}, token=self.ann.token))
        self.codes = self.post("/mfa/recovery-codes", token=elevated.token).json["recoveryCodes"]
        self.given.long |= {"TOTP secret": self.secret, "second step": self.api.sign_in().json["mfa"]["ticket"]}
        self.given.short |= {"TOTP code": used} | {f"recovery code {number}": c for number, c in enumerate(self.codes)}

    def _keys(self) -> None:
        assert add_key(self.api, self.ann.token, self.device).status == 200
        self.options = {
            name: self.post(path, body, token=self.ann.token if bearer else None).json
            for name, path, body, bearer in (
                ("sign up", SIGN_UP, {"email": "dora@example.com"}, False),
                ("sign in", SIGN_IN, ANN, False),
                ("sign in as nobody", SIGN_IN, {"email": "nobody@example.com"}, False),
                ("add", ADD, None, True),
                ("elevate", ELEVATE, None, True),
            )
        }
        self.given.long |= {f"challenge to {name}": asked["challenge"] for name, asked in self.options.items()}

    def _codes(self) -> None:
        self.post(SEND, {"phoneNumber": NUMBER})
        self.carol = self.given.session("of Carol", self.api.sign_up(CAROL))
        self.post(CHANGE, {"newPhoneNumber": OTHER_NUMBER}, token=self.carol.token)
        self.post("/signin/otp/email", ANN)
        codes = {"SMS code": code(), "SMS code for a new number": code(OTHER_NUMBER)}
        self.given.short |= codes | {"e-mail code": self.inbox.last().ticket}

    def follow(self, ticket: str, **query: str) -> dict[str, str]:
        reply = self.api.get("/verify", query={"ticket": ticket, "redirectTo": TARGET, **query})
        assert "error" not in reply.query
        return reply.query

    def use_everything(self) -> None:
        given, short, long = self.given, self.given.short, self.given.long
        for path, body in (
            ("/signin/otp/email/verify", {**ANN, "otp": short["e-mail code"]}),
            ("/signin/mfa/totp", {"ticket": long["second step"], "otp": self.codes[0]}),
            ("/token/exchange", {"code": long["PKCE code"], "codeVerifier": VERIFIER}),
            ("/signin/pat", {"personalAccessToken": long["personal access token"]}),
            (OTP, {"phoneNumber": NUMBER, "otp": short["SMS code"]}),
            (SIGN_UP_VERIFY, {"credential": Authenticator(ORIGIN).create(self.options["sign up"])}),
            (SIGN_IN_VERIFY, {"credential": self.device.get(self.options["sign in"])}),
        ):
            given.session(f"of {path}", self.post(path, body))
        change = {"newPhoneNumber": OTHER_NUMBER, "otp": short["SMS code for a new number"]}
        self.post(CHANGE_VERIFY, change, token=self.carol.token)
        self._use_link("verification-email")
        self._use_link("passwordless/email")
        short["new password"] = NEW_PASSWORD
        reset = long["ticket of /user/password/reset"]
        self.post("/user/password", {"newPassword": NEW_PASSWORD, "ticket": reset})
        self._use_link("email/change")

    def _use_link(self, end: str) -> None:
        name = next(name for name in self.given.long if name.startswith("ticket of") and name.endswith(end))
        self.given.long[f"refresh token by {name}"] = self.follow(self.given.long[name])["refreshToken"]


def test_22_nothing_that_was_given_out_is_stored_before_it_is_used_or_after(
    api: Api, inbox: Inbox, settings: Any
) -> None:
    open_every_way(settings)
    settings.AUTH_VERIFY_CONFIRM_PAGE, settings.AUTH_WEBAUTHN_CONCEAL_KEYS = False, True
    town = Town(api, inbox)
    town.settle()
    assert town.given.found() == {}
    town.use_everything()
    assert town.given.found() == {}


def test_22_the_search_finds_what_is_stored(api: Api, settings: Any) -> None:
    open_every_way(settings)
    ann = api.sign_up(metadata={"note": "in clear"})
    assert add_key(api, ann.token, Authenticator(ORIGIN)).status == 200
    rows, public_key = dump(), bytes(SecurityKey.objects.get().public_key).hex()
    assert "nhost_auth.Account.email" in places(rows, "ann@example.com")
    assert places(rows, "in clear") == {"nhost_auth.Account.metadata"}
    assert places(rows, public_key) == {"nhost_auth.SecurityKey.public_key"}
    assert places(rows, ann.refresh_token) == set()
    assert places(rows, ann.refresh_token, digests=True) == {"nhost_auth.RefreshToken.hash"}


@pytest.mark.parametrize("secret", ["012345", "totp:4bd3a2a0-5f4a-4f3c-9f0e-1d2c3b4a5968", "abcd-efgh-2345-mnop"])
def test_22_and_it_finds_every_encoding(secret: str) -> None:
    bare = secret.rpartition(":")[2].replace("-", "")
    forms = [secret, bare.upper(), f"({bare})", bare.encode().hex(), base64.b64encode(bare.encode()).decode()]
    assert [form for form in forms if not places([("column", form.lower().encode())], secret)] == []
    hashed = [("column", digest(bare).encode())]
    assert (places(hashed, secret), places(hashed, secret, digests=True)) == (set(), {"column"})


def test_22_recovery_codes_have_eighty_bits_and_a_hash_that_is_of_use_to_their_owner_alone(
    api: Api, settings: Any
) -> None:
    open_every_way(settings)
    codes, bob = with_factor(api, "ann@example.com").recovery_codes(api), with_factor(api, BOB)
    bob.recovery_codes(api)
    bare = [code.replace("-", "").upper() for code in codes]
    assert len(set(bare)) == 10
    assert {len(base64.b32decode(code)) * 8 for code in bare} == {80}
    assert all(len(set(column)) > 1 for column in zip(*bare, strict=True))  # no part is always the same
    device = RecoveryDevice.objects.get(user=bob.account.user)
    stolen = RecoveryCode.objects.exclude(device=device).values_list("hash", flat=True)
    RecoveryCode.objects.bulk_create([RecoveryCode(device=device, hash=hashed) for hashed in stolen])
    assert api.post("/elevate/totp", {"otp": codes[0]}, token=bob.token).outcome == (401, "invalid-totp")


def with_factor(api: Api, email: str) -> Person:
    session = api.sign_up(email)
    return Person(session, enrol(api, session), Authenticator(ORIGIN))


def test_22_one_password_of_two_people_is_stored_as_two(api: Api) -> None:
    api.sign_up()
    api.sign_up(BOB)
    assert len(set(get_user_model().objects.values_list("password", flat=True))) == 2


def test_22_codes_cannot_be_tried_without_the_key_of_the_project(api: Api, inbox: Inbox, settings: Any) -> None:
    api.sign_up()
    api.post("/signin/otp/email", ANN)
    body = {**ANN, "otp": inbox.last().ticket}
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another-" + "k" * 40
    assert api.post("/signin/otp/email/verify", body).outcome == (400, "invalid-otp")
    settings.SECRET_KEY = key
    assert api.post("/signin/otp/email/verify", body).status == 200


def test_22_one_code_of_two_people_is_stored_as_two(api: Api) -> None:
    people = [api.sign_up(email) for email in (BOB, CAROL)]
    for person in people:
        OneTimeCode.objects.keep(Person(person, "", Authenticator()).account, OneTimeCode.Method.EMAIL, "012345")
    assert len(set(OneTimeCode.objects.values_list("hash", flat=True))) == 2
