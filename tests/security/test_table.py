"""docs/security.md says what is so."""

from __future__ import annotations

import re

from nhost_auth.conf import all_settings
from tests.security.table import DOCUMENT, ROW, shown, written

LINES = range(1, 71)


def test_table_has_every_line_once_and_in_turn() -> None:
    assert [int(row["number"]) for row in ROW.finditer(DOCUMENT.read_text())] == list(LINES)


def test_table_names_the_tests_there_are() -> None:
    document = DOCUMENT.read_text()
    assert document == written(document), "run python -m tests.security.table"


def test_every_numbered_test_is_of_a_line_and_every_line_has_one() -> None:
    assert set(shown()) == set(LINES)


def test_settings_of_the_table_are_ours_or_django_s() -> None:
    named = set(re.findall(r"`((?:AUTH|HASURA)_\w+)`", DOCUMENT.read_text()))
    assert named - {setting.name for setting in all_settings()} == {"AUTH_PASSWORD_VALIDATORS"}
