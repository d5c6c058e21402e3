"""The provider of developers: a line of the log or a file (configuration.md 5.7)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nhost_auth.infra import sms
from tests.infra.sms.gateway import NUMBER, TEXT


@pytest.fixture(autouse=True)
def chosen(settings: Any) -> None:
    settings.AUTH_SMS_PROVIDER = "dev"


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int, str]]:
    return [found for found in caplog.record_tuples if found[0] == "nhost_auth.sms"]


def test_message_is_one_line_of_the_log_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.INFO, "nhost_auth")
    sms.send(NUMBER, TEXT)
    assert lines(caplog) == [("nhost_auth.sms", logging.INFO, f"SMS to {NUMBER}: message: {TEXT}")]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028"])
def test_no_message_looks_like_two_lines(caplog: pytest.LogCaptureFixture, end: str) -> None:
    caplog.set_level(logging.INFO, "nhost_auth")
    sms.send(f"{NUMBER}{end}", f"Your{end}code%s{end} is 123456.")
    assert [found[2] for found in lines(caplog)] == [f"SMS to {NUMBER}: message: Your code%s is 123456."]


def test_message_is_a_file_where_a_folder_is_named(
    settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "nhost_auth")
    settings.AUTH_SMS_DEV_OUTPUT_DIR = str(tmp_path / "made" / "here")
    sms.send(NUMBER, "é\n123456")
    sms.send("+12025550144", "other")
    assert (tmp_path / "made" / "here" / f"{NUMBER}.txt").read_text("utf-8") == "é\n123456"
    assert lines(caplog) == []


def test_file_holds_the_latest_message(settings: Any, tmp_path: Path) -> None:
    settings.AUTH_SMS_DEV_OUTPUT_DIR = str(tmp_path)
    sms.send(NUMBER, "a long first message")
    sms.send(NUMBER, TEXT)
    assert [file.read_text("utf-8") for file in tmp_path.iterdir()] == [TEXT]


@pytest.mark.parametrize(
    "to", ["../../out", "/etc/out", "..", ".", "", "a\x00b", "..\\out", "~root", "C:out", "%2e%2e/", "+1" * 1000, "é/…"]
)
def test_no_number_leads_out_of_the_folder(settings: Any, tmp_path: Path, to: str) -> None:
    folder = tmp_path / "deep" / "sms"
    settings.AUTH_SMS_DEV_OUTPUT_DIR = str(folder)
    sms.send(to, TEXT)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == list(folder.iterdir())
    assert [path.read_text("utf-8") for path in folder.glob("*.txt")] == [TEXT]


def test_folder_that_cannot_be_written_is_an_error(settings: Any, tmp_path: Path, failure: Callable[[], str]) -> None:
    (tmp_path / "file").touch()
    settings.AUTH_SMS_DEV_OUTPUT_DIR = str(tmp_path / "file")
    assert failure() == "FileExistsError"
