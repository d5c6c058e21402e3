"""Progress of commands: a bar on a terminal, nothing where nobody looks."""

from __future__ import annotations

import io
import sys

import pytest

from nhost_auth.management.progress import counted


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_rows_of_all_batches_are_counted_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert counted(iter([1000, 1000, 7]), "Ticket", 2007) == 2007
    assert counted(iter([]), "Ticket", 0) == 0
    assert capsys.readouterr() == ("", "")


def test_bar_is_on_the_terminal_s_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    counted(iter([1000, 1000, 7]), "Ticket", 2007)
    assert "Ticket" in terminal.getvalue()
    assert "2007/2007" in terminal.getvalue()
    assert capsys.readouterr().out == ""
