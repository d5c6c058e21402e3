"""Visits to providers when ten come back at the same moment: real threads, real connections."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.test import Client

from nhost_auth.models import Account, ProviderSession, provider_links
from tests.conftest import PREFIX, Api, Reply
from tests.played.provider import Played
from tests.test_races import MANY, at_once, outcomes
from tests.visits import consent, of, sign_in, start

pytestmark = [pytest.mark.django_db(transaction=True), of("google")]


@pytest.fixture(autouse=True)
def any_browser(settings: Any) -> None:
    settings.AUTH_PROVIDER_BIND_BROWSER = False


def all_back(provider: Played, answers: list[dict[str, str]]) -> Counter[str]:
    """What MANY callbacks are told that arrive together."""
    path = f"{PREFIX}/signin/provider/{provider.slug}/callback"
    replies = at_once(lambda client, number: client.get(path, answers[number % len(answers)]))
    return Counter(told(reply) for reply in replies)


def told(reply: Reply) -> str:
    return "session" if "refreshToken" in reply.query else reply.query.get("error", "linked")


def test_parallel_uses_of_one_state_sign_in_once(api: Api, provider: Played) -> None:
    answer = consent(provider, start(api, provider))
    assert all_back(provider, [answer]) == {"session": 1, "invalid-state": MANY - 1}
    assert len(provider.internet.calls("oauth2.googleapis.com")) == 1


def test_parallel_first_visits_of_one_person_make_one_account(api: Api, provider: Played) -> None:
    answers = [consent(provider, start(api, provider)) for _ in range(MANY)]
    found = all_back(provider, answers)
    assert found["session"] >= 1
    assert set(found) <= {"session", "user-already-exists", "provider-account-already-linked"}
    assert Account.objects.count() == provider_links.rows().count() == ProviderSession.objects.count() == 1


def test_parallel_linkings_of_one_identity_give_it_to_one_user(api: Api, provider: Played) -> None:
    people = [api.sign_up(f"ann{number}@example.com") for number in range(MANY)]
    answers = [consent(provider, start(api, provider, connect=ann.token)) for ann in people]
    assert all_back(provider, answers) == {"linked": 1, "provider-account-already-linked": MANY - 1}
    assert provider_links.rows().get().user.account.provider_sessions.count() == 1


def test_parallel_takers_of_tokens_get_them_once(api: Api, provider: Played) -> None:
    token = sign_in(api, provider).token

    def take(client: Client, _: int) -> Any:
        client.raise_request_exception = False
        path = f"{PREFIX}/signin/provider/google/callback/tokens"
        return client.get(path, headers={"Authorization": f"Bearer {token}"})

    assert outcomes(at_once(take)) == {(200, None): 1, (500, "internal-server-error"): MANY - 1}
