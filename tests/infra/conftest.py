"""What infra tests share: an HTTP server on loopback and key pairs that are costly to make."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nhost_auth.infra.keyring import Key, generate_private_pem, load_key
from tests.infra.loopback import Loopback


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Loopback() as loopback:
        yield loopback


@pytest.fixture(scope="session")
def pems() -> dict[str, str]:
    """Private PEMs by algorithm, and of a stranger's RSA key."""
    return {name: generate_private_pem(name[:5]) for name in ("RS256", "RS256 of a stranger", "ES256", "EdDSA")}


@pytest.fixture(scope="session")
def keys(pems: dict[str, str]) -> dict[str, Key]:
    """The same keys parsed, each under its name as kid."""
    return {name: load_key(pem, name[:5], kid=name) for name, pem in pems.items()}
