"""PKCE codes: hashes at rest, right verifier, once, five minutes (accounts.md 2.7, RFC 7636)."""

from __future__ import annotations

import hashlib

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from nhost_auth.models import Account, PkceCode
from nhost_auth.models.pkce_codes import s256

pytestmark = pytest.mark.django_db
# RFC 7636 appendix B
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
def ann() -> Account:
    account: Account = User.objects.create_user("ann").account
    return account


def issue(account: Account, challenge: str = CHALLENGE) -> str:
    return PkceCode.objects.issue(account, challenge, "https://app.example.com/back")


def consume(code: str, verifier: str = VERIFIER) -> PkceCode | None:
    return PkceCode.objects.consume(code, verifier)


def test_challenge_is_that_of_the_rfc() -> None:
    assert s256(VERIFIER) == CHALLENGE


def test_code_and_verifier_give_the_account_once(ann: Account) -> None:
    code = issue(ann)
    found = consume(code)
    assert found is not None
    assert (found.account, found.redirect_to) == (ann, "https://app.example.com/back")
    assert consume(code) is None


def test_only_the_hash_of_a_long_random_code_is_stored(ann: Account) -> None:
    code = issue(ann)
    stored = PkceCode.objects.values().get()
    assert len(code) == 43
    assert stored["hash"] == hashlib.sha256(code.encode()).hexdigest()
    assert code not in str(stored)


@pytest.mark.parametrize("verifier", ["", "x" * 43, CHALLENGE, VERIFIER.lower(), VERIFIER + "=", "Ünïcode" * 7])
def test_wrong_verifier_gets_nothing_and_does_not_burn_the_code(ann: Account, verifier: str) -> None:
    code = issue(ann)
    assert consume(code, verifier) is None
    assert consume(code) is not None


def test_challenge_is_compared_with_its_case(ann: Account) -> None:
    assert consume(issue(ann, CHALLENGE.swapcase())) is None


def test_code_lives_five_minutes(ann: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        late, in_time = issue(ann), issue(ann)
        clock.shift(299)
        assert consume(in_time) is not None
        clock.shift(1)
        assert consume(late) is None


def test_codes_of_several_sign_ins_live_side_by_side(ann: Account) -> None:
    bob = User.objects.create_user("bob").account
    codes = [issue(ann), issue(ann), issue(bob)]
    found = [consume(code) for code in codes]
    assert [row.account if row else None for row in found] == [ann, ann, bob]


def test_unknown_code_is_none(ann: Account) -> None:
    code = issue(ann)
    for unknown in ("", code.swapcase(), code + "=", PkceCode.objects.get().hash):
        assert consume(unknown) is None


def test_codes_go_with_their_account(ann: Account) -> None:
    issue(ann)
    ann.user.delete()
    assert not PkceCode.objects.exists()
