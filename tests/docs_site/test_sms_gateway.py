"""docs/how-to/sms-gateway.md: its settings are complete, its function works, its tables are what the code says."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import get_resolver

from nhost_auth.checks.settings import SMS_CREDENTIALS, sms_faults
from nhost_auth.conf import all_settings
from nhost_auth.http.url_map import rows
from nhost_auth.infra import mail_templates, sms
from nhost_auth.infra.sms import twilio
from tests.infra.loopback import reply
from tests.infra.sms.gateway import NUMBER, TEXT, Gateway

PAGE = (Path(__file__).parents[2] / "docs/how-to/sms-gateway.md").read_text()
BLOCKS = re.findall(r"(?ms)^```python\n(.*?)^```$", PAGE)
OWN = "shop.sms.send"


def chosen(provider: str) -> dict[str, Any]:
    """The settings of the block that names a gateway."""
    (block,) = (block for block in BLOCKS if f'AUTH_SMS_PROVIDER = "{provider}"' in block)
    found: dict[str, Any] = {}
    exec(block, found)
    return {name: value for name, value in found.items() if name.startswith("AUTH_")}


def table(head: str) -> list[list[str]]:
    (rows,) = re.findall(rf"(?m)^\| {re.escape(head)} \|.*\n\|[-|]+\n((?:^\|.*\|\n)+)", PAGE)
    return [[cell.strip() for cell in row.split(" | ")] for row in rows.strip().splitlines()]


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Gateway() as found:
        yield found


@pytest.fixture
def shop(settings: Any, monkeypatch: pytest.MonkeyPatch, gateway: Gateway) -> Iterator[ModuleType]:
    """The module that the page shows, where it says; its Twilio is on loopback."""
    (source,) = (block for block in BLOCKS if block.startswith("# shop/sms.py\n"))
    module = ModuleType("shop.sms")
    exec(source, vars(module))
    monkeypatch.setitem(sys.modules, "shop", ModuleType("shop"))
    monkeypatch.setitem(sys.modules, "shop.sms", module)
    monkeypatch.setattr(twilio, "BASE_URL", gateway.url)
    for name, value in {**chosen("twilio"), "AUTH_SMS_TWILIO_AUTH_TOKEN": "hunter2", **chosen(OWN)}.items():
        setattr(settings, name, value)
    cache.clear()
    yield module
    cache.clear()


def test_every_gateway_is_told_with_what_it_needs() -> None:
    needed = {cells[0].strip("|` "): cells[2] for cells in table("`AUTH_SMS_PROVIDER`")}
    assert set(needed) == {*sms.PROVIDERS, OWN}
    for provider, needs in needed.items():
        assert re.findall(r"`(AUTH_\w+)`", needs) == list(SMS_CREDENTIALS.get(provider, ()))


@pytest.mark.parametrize("provider", ["twilio", "modica", "generic", "dev"])
def test_settings_as_printed_are_complete(settings: Any, provider: str) -> None:
    for name, value in chosen(provider).items():
        setattr(settings, name, value)
    assert list(sms_faults(provider)) == []


def test_body_of_any_gateway_is_what_the_template_says(settings: Any, gateway: Gateway) -> None:
    for name, value in chosen("generic").items():
        setattr(settings, name, value)
    settings.AUTH_SMS_GENERIC_HEADERS = {"Authorization": "Bearer hunter2"}
    settings.AUTH_SMS_GENERIC_URL = gateway.url
    sms.send(NUMBER, TEXT)
    (posted,) = gateway.posted
    assert json.loads(posted.body) == {"recipient": NUMBER, "text": TEXT}
    assert posted.headers["authorization"] == "Bearer hunter2"


def test_dev_writes_the_file_that_is_named(settings: Any, tmp_path: Path) -> None:
    written = chosen("dev")
    (file,) = re.findall(r"# (/\S+) has the last message", PAGE)
    settings.AUTH_SMS_PROVIDER = "dev"
    settings.AUTH_SMS_DEV_OUTPUT_DIR = str(tmp_path)
    sms.send(Path(file).stem, TEXT)
    assert [path.name for path in tmp_path.iterdir()] == [Path(file).name]
    assert str(Path(file).parent) == written["AUTH_SMS_DEV_OUTPUT_DIR"]


def test_function_sends_to_the_countries_it_serves(shop: ModuleType, gateway: Gateway) -> None:
    gateway.answers = [reply(201)]
    sms.send("+33612345678", TEXT)
    assert len(gateway.posted) == 1
    with pytest.raises(sms.CannotSend, match=r"^ValueError$"):
        sms.send(NUMBER, TEXT)
    assert len(gateway.posted) == 1


def test_function_stops_at_the_messages_of_a_day(shop: ModuleType, gateway: Gateway) -> None:
    shop.MOST_IN_A_DAY = 2  # type: ignore[attr-defined]
    for _ in range(2):
        sms.send("+33612345678", TEXT)
    with pytest.raises(sms.CannotSend, match=r"^RuntimeError$"):
        sms.send("+42012345678", TEXT)
    assert len(gateway.posted) == 2


def test_refusal_within_the_function_is_told_by_its_class(shop: ModuleType, gateway: Gateway) -> None:
    gateway.answers = [reply(401)]
    with pytest.raises(sms.CannotSend, match=r"^CannotSend$"):
        sms.send("+33612345678", TEXT)


def test_requests_that_send_are_those_of_the_map() -> None:
    told = [cells[0].strip("|` ") for cells in table("request")]
    served = rows(get_resolver("nhost_auth.urls").url_patterns)
    assert sorted(told) == sorted(f"{row.method.upper()} {row.path}" for row in served if "sms" in row.story.limits)


def test_bounds_have_the_defaults_of_the_code() -> None:
    defaults = {setting.name: setting.default for setting in all_settings()}
    for cells in table("setting"):
        told = cells[1].strip("`")
        assert defaults[cells[0].strip("|` ")] == ("" if told == "unset" else eval(told))


def test_languages_are_those_of_the_templates() -> None:
    folder = Path(mail_templates.__file__).parents[1] / "templates/nhost_auth/sms"
    named = {"English": "en", "French": "fr", "Spanish": "es", "Czech": "cs", "Bulgarian": "bg"}
    (told,) = re.findall(r"locale of the account: (.*) are here", PAGE)
    assert {named[name] for name in re.findall(r"[A-Z]\w+", told)} == {path.name for path in folder.iterdir()}
