"""The rows of "Situations across endpoints" in which many come at the same moment (accounts.md 4)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from nhost_auth.models import Account
from tests.conftest import PREFIX, Api, Inbox
from tests.test_races import MANY, at_once
from tests.test_situations import BY_MAIL, EXISTS, NO_TICKET, OK, SENT_ON
from tests.ways import ANN, ANN_PASSWORD, KNOWN, everything_on, known, told


@pytest.fixture(autouse=True)
def on(settings: Any) -> None:
    everything_on(settings)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/signup/email-password", *BY_MAIL])
def test_concurrent_signups(api: Api, inbox: Inbox, path: str) -> None:
    by_password = path == "/signup/email-password"
    body = json.dumps(ANN_PASSWORD if by_password else ANN)
    found = [reply.outcome for reply in at_once(lambda client, _: client.post(PREFIX + path, body, "application/json"))]
    # Without a password who comes later is a known user, not a loser, unless both came at the very same moment.
    assert set(found) <= {OK, EXISTS}
    assert found.count(OK) == 1 if by_password else found.count(OK) >= 1
    assert Account.objects.count() == get_user_model().objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("/verify passwordReset", (302, "invalid-ticket")),
        ("/user/password ticket", NO_TICKET),
        ("/signin/otp/email/verify", (400, "invalid-otp")),
        ("/signin/passwordless/sms/otp", (400, "invalid-otp")),
        ("/user/phone-number/change/verify", (400, "invalid-otp")),
        ("/token/exchange", (400, "invalid-request")),
        ("/token", (401, "invalid-refresh-token")),
    ],
)
def test_concurrent_ticket_otp_pkce_refresh_use(
    api: Api, inbox: Inbox, settings: Any, name: str, refused: tuple[int, str]
) -> None:
    settings.AUTH_REFRESH_TOKEN_REUSE_WINDOW, settings.AUTH_REFRESH_TOKEN_REUSE_DETECTION = 0, False  # as Nhost
    act = KNOWN[name](api, inbox, known(api))
    found = [told(reply) for reply in at_once(lambda *_: act().response)]
    assert found.count(refused) == MANY - 1
    assert len(set(found) & {OK, SENT_ON}) == 1
