"""Random walks through sign-up, sign-in and out, refreshing, passwords, links and the second factor.

Whatever the way: what was refused or used up stays so, what is good works, and (in tests/conftest.py) every answer is
one that our OpenAPI schema tells of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from nhost_auth.models import Account, Ticket
from tests.conftest import PASSWORD, Api, Reply, many
from tests.endpoints.totp_app import activate

PASSWORDS = (PASSWORD, "Battery-staple-8", "Tr0ubador-and-9")
TARGET = "https://app.example.com"
ELEVATED = "x-hasura-auth-elevated"
ANY = st.integers(0, 99)


@dataclass
class Person:
    email: str
    password: str
    sessions: list[Reply] = field(default_factory=list)
    recovery_codes: list[str] = field(default_factory=list)
    """Good ones; none without a second factor."""


class Walk(RuleBasedStateMachine):
    api: Api

    def __init__(self) -> None:
        super().__init__()
        self.people: list[Person] = []
        self.dead_refresh_tokens: list[str] = []
        self.dead_links: list[str] = []
        self.dead_codes: list[str] = []
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def person(self, number: int) -> Person:
        return self.people[number % len(self.people)]

    def session(self, number: int) -> tuple[Person, Reply]:
        found = [(person, session) for person in self.people for session in person.sessions]
        return found[number % len(found)]

    def enter(self, person: Person, reply: Reply) -> None:
        """Come in: by a session at once, or by the second step where there is a second factor."""
        assert reply.status == 200
        if person.recovery_codes:
            ticket, code = reply.json["mfa"]["ticket"], person.recovery_codes.pop()
            self.dead_codes.append(code)
            body = {"ticket": ticket, "otp": code}
            reply = self.api.post("/signin/mfa/totp", body)
            assert reply.status == 200
            assert self.api.post("/signin/mfa/totp", body).outcome == (401, "invalid-ticket")
        person.sessions.append(reply)

    def end(self, person: Person, session: Reply) -> None:
        person.sessions.remove(session)
        self.dead_refresh_tokens.append(session.refresh_token)

    def have_password(self, person: Person, password: str) -> None:
        """A new one ends every session."""
        person.password = password
        for session in list(person.sessions):
            self.end(person, session)

    @initialize()
    def somebody(self) -> None:
        self.sign_up()

    @precondition(lambda self: len(self.people) < 3)
    @rule()
    def sign_up(self) -> None:
        person = Person(f"person{len(self.people)}@example.com", PASSWORD)
        person.sessions.append(self.api.sign_up(person.email))
        self.people.append(person)

    @rule(number=ANY)
    def sign_up_again(self, number: int) -> None:
        assert self.api.sign_up(self.person(number).email.upper()).outcome == (409, "user-already-exists")

    @rule(number=ANY)
    def sign_in(self, number: int) -> None:
        person = self.person(number)
        self.enter(person, self.api.sign_in(person.email, person.password))

    @rule(number=ANY, password=st.sampled_from(PASSWORDS))
    def sign_in_with_another_password(self, number: int, password: str) -> None:
        person = self.person(number)
        if password != person.password:
            assert self.api.sign_in(person.email, password).outcome == (401, "invalid-email-password")

    @precondition(lambda self: any(person.sessions for person in self.people))
    @rule(number=ANY)
    def refresh(self, number: int) -> None:
        person, session = self.session(number)
        following = self.api.post("/token", {"refreshToken": session.refresh_token})
        assert following.status == 200
        assert following.user["id"] == session.user["id"]
        assert ELEVATED not in following.hasura
        person.sessions.remove(session)
        person.sessions.append(following)

    @precondition(lambda self: any(person.sessions for person in self.people))
    @rule(number=ANY)
    def sign_out(self, number: int) -> None:
        person, session = self.session(number)
        assert self.api.post("/signout", {"refreshToken": session.refresh_token}).status == 200
        self.end(person, session)

    @precondition(lambda self: any(person.sessions for person in self.people))
    @rule(number=ANY)
    def sign_out_everywhere(self, number: int) -> None:
        person, session = self.session(number)
        assert self.api.post("/signout", {"all": True}, token=session.token).status == 200
        for one in list(person.sessions):
            self.end(person, one)

    @precondition(lambda self: any(person.sessions for person in self.people))
    @rule(number=ANY)
    def end_one_session(self, number: int) -> None:
        person, session = self.session(number)
        path = f"/user/sessions/{session.session['refreshTokenId']}"
        assert self.api.call("DELETE", path, token=session.token).status == 200
        assert self.api.call("DELETE", path, token=session.token).outcome == (404, "session-not-found")
        self.end(person, session)

    @precondition(lambda self: any(person.sessions for person in self.people))
    @rule(number=ANY)
    def look(self, number: int) -> None:
        person, session = self.session(number)
        user = self.api.get("/user", token=session.token).json
        assert (user["email"], user["activeMfaType"]) == (person.email, "totp" if person.recovery_codes else None)
        listed = self.api.get("/user/sessions", token=session.token).json["sessions"]
        assert {one["id"] for one in listed} == {one.session["refreshTokenId"] for one in person.sessions}

    @precondition(lambda self: any(person.sessions for person in self.people))
    @rule(number=ANY, password=st.sampled_from(PASSWORDS))
    def change_password(self, number: int, password: str) -> None:
        person, session = self.session(number)
        assert self.api.post("/user/password", {"newPassword": password}, token=session.token).status == 200
        self.have_password(person, password)

    @rule(number=ANY, password=st.sampled_from(PASSWORDS))
    def reset_password(self, number: int, password: str) -> None:
        person = self.person(number)
        ticket = self.ticket(person, Ticket.Kind.PASSWORD_RESET)
        body = {"newPassword": password, "ticket": ticket}
        assert self.api.post("/user/password", body).status == 200
        assert self.api.post("/user/password", body).outcome == (401, "invalid-ticket")
        self.have_password(person, password)
        self.dead_links.append(ticket)

    @rule(number=ANY)
    def follow_a_link(self, number: int) -> None:
        person = self.person(number)
        ticket = self.ticket(person, Ticket.Kind.PASSWORDLESS_EMAIL)
        reply = self.follow(ticket)
        assert reply.status == 302
        self.dead_links.append(ticket)
        refresh_token = reply.query["refreshToken"]
        person.sessions.append(self.api.post("/token", {"refreshToken": refresh_token}))

    @precondition(lambda self: any(person.sessions for person in self.people))
    @rule(number=ANY)
    def turn_second_factor_on(self, number: int) -> None:
        person, session = self.session(number)
        if not person.recovery_codes:
            secret = self.api.get("/mfa/totp/generate", token=session.token).json["totpSecret"]
            codes = self.api.post("/mfa/recovery-codes", token=session.token).json["recoveryCodes"]
            activate(self.api, session, secret)
            person.recovery_codes = codes

    @precondition(lambda self: any(person.sessions for person in self.people))
    @rule(number=ANY)
    def turn_second_factor_off(self, number: int) -> None:
        person, session = self.session(number)
        if person.recovery_codes:
            body = {"code": person.recovery_codes[0], "activeMfaType": ""}
            assert self.api.post("/user/mfa", body, token=session.token).status == 200
            assert self.api.post("/user/mfa", body, token=session.token).outcome == (401, "disabled-mfa-totp")
            self.dead_codes += person.recovery_codes
            person.recovery_codes = []

    @precondition(lambda self: any(person.sessions for person in self.people))
    @rule(number=ANY)
    def give_more_proof(self, number: int) -> None:
        person, session = self.session(number)
        if len(person.recovery_codes) > 1:
            code = person.recovery_codes.pop()
            self.dead_codes.append(code)
            reply = self.api.post("/elevate/totp", {"otp": code}, token=session.token)
            assert reply.hasura[ELEVATED] == session.user["id"]
            person.sessions.append(reply)

    @precondition(lambda self: self.dead_refresh_tokens)
    @rule(number=ANY)
    def refresh_an_ended_session(self, number: int) -> None:
        token = self.dead_refresh_tokens[number % len(self.dead_refresh_tokens)]
        assert self.api.post("/token", {"refreshToken": token}).outcome == (401, "invalid-refresh-token")

    @precondition(lambda self: self.dead_links)
    @rule(number=ANY)
    def follow_a_used_link(self, number: int) -> None:
        ticket = self.dead_links[number % len(self.dead_links)]
        assert self.follow(ticket).query["error"] == "invalid-ticket"
        body = {"newPassword": PASSWORD, "ticket": ticket.replace("passwordlessEmail", "passwordReset")}
        assert self.api.post("/user/password", body).outcome == (401, "invalid-ticket")

    @precondition(lambda self: self.dead_codes and any(person.sessions for person in self.people))
    @rule(number=ANY)
    def use_a_recovery_code_again(self, number: int) -> None:
        session = self.session(number)[1]
        code = self.dead_codes[number % len(self.dead_codes)]
        reply = self.api.post("/elevate/totp", {"otp": code}, token=session.token)
        assert reply.outcome in [(401, "invalid-totp"), (401, "disabled-mfa-totp")]

    def ticket(self, person: Person, kind: str) -> str:
        found = Account.objects.find_by_email(person.email)
        assert found is not None
        return Ticket.objects.issue(found, kind)

    def follow(self, ticket: str) -> Reply:
        return self.api.get("/verify", query={"ticket": ticket, "redirectTo": TARGET})


@pytest.fixture
def walking(api: Api, settings: Any) -> type[Walk]:
    settings.AUTH_MFA_ENABLED, settings.AUTH_OTP_EMAIL_ENABLED = True, False
    return type("Walk", (Walk,), {"api": api})


def test_whatever_the_way_what_is_used_up_stays_so(walking: type[Walk]) -> None:
    run_state_machine_as_test(
        walking, settings=hypothesis_settings(many(4), stateful_step_count=25, phases=[Phase.generate])
    )
