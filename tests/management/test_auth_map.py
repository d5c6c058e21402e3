"""The `auth_map` command."""

from __future__ import annotations

import io
import json

from django.core.management import call_command


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("auth_map", *arguments, stdout=out)
    return out.getvalue()


def test_table_shows_what_a_reviewer_asks() -> None:
    lines = printed().splitlines()
    assert lines[0].split() == ["method", "path", "endpoint", "story", "guard", "toggles", "limits"]
    (row,) = [line for line in lines if " /user/deanonymize " in line]
    assert row.split() == [
        "POST",
        "/user/deanonymize",
        "endpoints.user_deanonymize",
        "deanonymize",
        "bearer",
        "global,",
        "verification_email",
    ]


def test_toggles_stand_in_the_order_they_are_asked() -> None:
    (row,) = [row for row in json.loads(printed("--json")) if row["path"] == "/signin/anonymous"]
    assert row["toggles"] == ["AUTH_DISABLE_SIGNUP", "AUTH_ANONYMOUS_USERS_ENABLED"]


def test_json_has_a_row_for_each_method_of_each_path() -> None:
    rows = json.loads(printed("--json"))
    assert len({(row["method"], row["path"]) for row in rows}) == len(rows) == len(printed().splitlines()) - 1
