"""Fixtures for tests of host projects; pytest finds them wherever this package is installed (docs/host-projects.md).

They need pytest-django. Nothing of Django's is imported before one of them is used: pytest loads this module in every
run, also in projects without Django.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from nhost_auth.pytest_plugin.authenticator import Authenticator
    from nhost_auth.pytest_plugin.clients import ApiClient, ClientFactory, SignedInClient
    from nhost_auth.pytest_plugin.messages import Messages
    from nhost_auth.pytest_plugin.people import AccountFactory


@pytest.fixture
def nhost_account(db: None) -> AccountFactory:
    """Makes an Account beside a user of the host: `nhost_account("ann@example.com", roles=["editor"])`.

    Further arguments: `password`, `verified` (True), `default_role`, `anonymous`, `disabled`, `phone_number`,
    `display_name`, `locale`, `metadata`. Without an address it gets one of its own.
    """
    from nhost_auth.pytest_plugin.people import make_account

    return make_account


@pytest.fixture
def nhost_client(db: None) -> ClientFactory[SignedInClient]:
    """Makes a django.test.Client with the access token of an account: `nhost_client(account)`; without one, nobody's.

    `elevated=True` puts proof beyond a sign-in into the token, `roles=[...]` other roles than the account's. What waits
    for the commit of a request, mails for one, happens after each request, as outside of tests.
    """
    from nhost_auth.pytest_plugin.clients import SignedInClient

    return SignedInClient.of


@pytest.fixture
def nhost_api_client(db: None) -> ClientFactory[ApiClient]:
    """As `nhost_client`, but REST framework's APIClient."""
    from nhost_auth.pytest_plugin.clients import ApiClient

    return ApiClient.of


@pytest.fixture
def nhost_messages(settings: Any) -> Messages:
    """The mails and SMS that leave during the test: `nhost_messages.to("ann@example.com")[-1].link`."""
    from nhost_auth.pytest_plugin.messages import Messages

    return Messages.capture(settings)


@pytest.fixture
def nhost_authenticator() -> Authenticator:
    """A security key in software on a page of AUTH_CLIENT_URL: `create(options)` and `get(options)` as in browsers."""
    from nhost_auth.infra.webauthn import origins
    from nhost_auth.pytest_plugin.authenticator import Authenticator

    return Authenticator(origin=origins()[-1])
