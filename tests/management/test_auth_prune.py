"""The `auth_prune` command; what is over is proven in tests/flows/test_pruning.py."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from nhost_auth.models import RefreshToken, Ticket
from tests.conftest import Api, account

RULES = [
    *("SpentRefreshToken", "RefreshToken", "Ticket", "OneTimeCode", "PkceCode", "Challenge", "ProviderVisit"),
    *("OAuth2SpentToken", "OAuth2RefreshToken", "OAuth2Request", "OAuth2Client", "OAuth2DeviceRequest"),
]


def printed(*arguments: str) -> dict[str, str]:
    """The table of the command, its head left out."""
    out = io.StringIO()
    call_command("auth_prune", *arguments, stdout=out)
    head, *rows = [line.split() for line in out.getvalue().splitlines()]
    assert head == ["table", *(["to", "delete"] if "--dry-run" in arguments else ["deleted"])]
    return dict(rows)


@pytest.fixture
def expired(api: Api) -> Any:
    """Three sessions and two tickets, long ago."""
    owner = account(api.sign_up())
    for _ in range(2):
        RefreshToken.objects.issue(owner, ip=None, device="")
    for kind in (Ticket.Kind.PASSWORD_RESET, Ticket.Kind.MFA_TOTP):
        Ticket.objects.issue(owner, kind)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False) as clock:
        yield clock


def test_summary_has_a_row_for_each_table(expired: Any) -> None:
    counts = dict.fromkeys(RULES, "0") | {"RefreshToken": "3", "Ticket": "2", "total": "5"}
    assert list(printed().items()) == list(counts.items())
    assert printed() == dict.fromkeys([*RULES, "total"], "0")


def test_dry_run_counts_and_deletes_nothing(expired: Any) -> None:
    assert printed("--dry-run") == printed("--dry-run")
    assert printed("--dry-run")["total"] == "5"
    assert (RefreshToken.objects.count(), Ticket.objects.count()) == (3, 2)


def test_batches_may_have_any_size_that_a_statement_holds(expired: Any) -> None:
    assert printed("--batch-size", "1")["total"] == "5"
    for size in ("0", "-1", "x", "10001", ""):
        with pytest.raises(CommandError, match="between 1 and 10000"):
            call_command("auth_prune", f"--batch-size={size}")
