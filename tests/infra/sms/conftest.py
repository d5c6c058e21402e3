"""What the tests of the gateways share."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator

import pytest

from nhost_auth.infra import sms
from tests.infra.sms.gateway import CODE, NUMBER, TEXT, Gateway

SECRET = "hunter2"


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Gateway() as found:
        yield found


@pytest.fixture
def failure(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Sends one SMS that has to fail, and gives the message of the error. Neither it nor the log tell a secret."""

    def fail() -> str:
        caplog.set_level(logging.INFO, "nhost_auth")
        with pytest.raises(sms.CannotSend) as caught:
            sms.send(NUMBER, TEXT)
        records = [record for record in caplog.records if record.name == "nhost_auth.sms"]
        assert [record.levelname for record in records] == ["ERROR"]
        told = f"{''.join(traceback.format_exception(caught.value))} {caplog.handler.format(records[0])}"
        assert not any(secret in told for secret in (CODE, NUMBER, SECRET))
        assert str(caught.value) in caplog.text
        return str(caught.value)

    return fail
