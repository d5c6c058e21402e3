"""The `auth_export_account` command; what is in it is proven in tests/flows/test_personal_data.py."""

from __future__ import annotations

import io
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from nhost_auth.flows import personal_data
from nhost_auth.models import Account
from nhost_auth.personal_data import register
from tests.conftest import Api, account

ANN = "ann@example.com"


@pytest.fixture
def ann(api: Api) -> Account:
    return account(api.sign_up(displayName="Änn ☃", metadata={"tags": ["a"]}))


def export(*arguments: str) -> str:
    out = io.StringIO()
    call_command("auth_export_account", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def utc(text: str) -> datetime:
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def test_sections_are_models_and_times_are_utc(ann: Account, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kathmandu"
    text = export(ANN)
    sections = json.loads(text)
    (found,) = sections["nhost_auth.Account"]
    assert sections["account"] == found["id"] == str(ann.pk)
    assert (found["display_name"], found["metadata"]) == ("Änn ☃", {"tags": ["a"]})
    assert "Änn ☃" in text
    assert utc(found["created_at"]) == ann.created_at
    assert datetime.now(UTC) - utc(sections["exported_at"]) < timedelta(minutes=1)
    (user,) = sections["auth.User"]
    assert (user["email"], user["is_active"]) == (ANN, True)
    assert utc(user["date_joined"]) == ann.user.date_joined


def test_times_of_a_project_without_zones_are_utc_too(api: Api, settings: Any) -> None:
    settings.USE_TZ, settings.TIME_ZONE = False, "Asia/Kathmandu"
    api.sign_up()
    (found,) = json.loads(export(ANN))["nhost_auth.Account"]
    assert timedelta() <= datetime.now(UTC) - utc(found["created_at"]) < timedelta(minutes=1)


def test_file_is_new_and_for_its_owner_alone(ann: Account, tmp_path: Path) -> None:
    path = tmp_path / "ann.json"
    assert export(ANN, "--output", str(path)) == ""
    assert json.loads(path.read_text("utf-8"))["account"] == str(ann.pk)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("kept")
    with pytest.raises(CommandError, match="File exists"):
        export(ANN, "--output", str(path))
    assert path.read_text() == "kept"


def test_what_cannot_be_found_or_written_is_told(ann: Account, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No account"):
        export("bob@example.com")
    with pytest.raises(CommandError, match="cannot be written"):
        export(ANN, "--output", str(tmp_path / "no" / "such" / "folder"))


def test_what_json_has_no_word_for_is_text(ann: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal_data, "_registered", {})
    odd = {"picture": Path("ann.png"), "size": {3}}
    register(Account, exporter=lambda _: [odd], eraser=lambda _: 0)
    assert json.loads(export(ANN))["nhost_auth.Account"] == [{"picture": "ann.png", "size": "{3}"}]
