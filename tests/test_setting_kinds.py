"""The kinds of settings: what each parses, reads and accepts (configuration.md section 0)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from nhost_auth.conf import conf
from nhost_auth.setting_kinds import (
    KEEP_DEFAULT,
    Bool,
    Choice,
    Duration,
    Int,
    Json,
    KeyList,
    List,
    Setting,
    Str,
    Uint,
)

KINDS: dict[str, Setting[Any]] = {
    "str": Str("default", "a text"),
    "list": List(["default"], "a list"),
    "int": Int(7, "a number"),
    "uint": Uint(7, "a number"),
    "duration": Duration(7.0, "a time"),
    "bool": Bool(default=True, meaning="a switch"),
    "choice": Choice("g", "g pg r x", "a word"),
    "json": Json("an object"),
    "keys": KeyList([], "keys"),
}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("str", "", ""),
        ("str", " a,b ", " a,b "),
        ("list", "", KEEP_DEFAULT),
        ("list", "me", ["me"]),
        ("list", "me, user,,editor,", ["me", " user", "editor"]),
        ("int", "", KEEP_DEFAULT),
        ("int", "0", 0),
        ("int", "2592000", 2592000),
        ("int", "-1", -1),
        ("int", "+5", 5),
        ("uint", "", KEEP_DEFAULT),
        ("uint", "0", 0),
        ("uint", "587", 587),
        ("duration", "", KEEP_DEFAULT),
        ("choice", "", KEEP_DEFAULT),
        ("choice", "pg", "pg"),
        ("json", "", KEEP_DEFAULT),
        ("json", '{"type": "HS256", "n": [1, null]}', {"type": "HS256", "n": [1, None]}),
        ("keys", "", KEEP_DEFAULT),
        ("keys", "00ff", ["00ff"]),
        ("keys", "00ff,,11ee", ["00ff", "11ee"]),
    ],
    ids=repr,
)
def test_text_becomes_a_value(kind: str, text: str, value: Any) -> None:
    assert KINDS[kind].parse(text) == value


@pytest.mark.parametrize("text", ["1", "t", "T", "TRUE", "true", "True"])
def test_words_for_true(text: str) -> None:
    assert KINDS["bool"].parse(text) is True


@pytest.mark.parametrize("text", ["0", "f", "F", "FALSE", "false", "False", ""])
def test_words_for_false_and_empty_is_one_of_them(text: str) -> None:
    assert KINDS["bool"].parse(text) is False


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("0s", 0),
        ("90s", 90),
        ("5m", 300),
        ("1h", 3600),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("1h2m3.5s", 3723.5),
        (".5s", 0.5),
        ("2.s", 2),
        ("250ms", 0.25),
        ("1m1ms", 60.001),
        ("3us", 3e-6),
        ("3µs", 3e-6),
        ("3ns", 3e-9),
        ("100h", 360000),
    ],
)
def test_go_durations(text: str, seconds: float) -> None:
    assert KINDS["duration"].parse(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(("int", text) for text in ("1.5", "1e3", " 5", "5 ", "5\n", "0x10", "1_000", "٣", "five", "-", "--1")),
        *(("uint", text) for text in ("-1", "1.5", "five")),
        *(("duration", text) for text in ("1", "10", "00", "s", ".", ".s", "5 m", " 5m", "5m ", "5m\n", "1h 30m")),
        *(("duration", text) for text in ("1e3s", "5M", "1d", "1,5h", "5m!", "0x1s", "five", "٣s")),
        *(("bool", text) for text in ("yes", "no", "on", "off", "tRUE", "2", " true", "true ", "null")),
        *(("choice", text) for text in ("G", "pgr", "g ", "g pg")),
        *(("json", text) for text in ("{", "nonsense", "{'type': 'HS256'}", '{"a": 1} x')),
    ],
    ids=repr,
)
def test_bad_text_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what it says is from_env's matter
        KINDS[kind].parse(text)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("str", ""),
        ("str", "a"),
        ("list", []),
        ("list", ["a"]),
        ("list", ("a", "b")),
        ("int", 0),
        ("int", -5),
        ("uint", 0),
        ("duration", 0),
        ("duration", 1.5),
        ("duration", timedelta(minutes=5)),
        ("bool", True),
        ("bool", False),
        ("choice", "x"),
        ("json", None),
        ("json", ""),
        ("json", {"type": "HS256"}),
        ("json", '{"type": "HS256"}'),
        ("keys", ""),
        ("keys", "00ff"),
        ("keys", ["00ff"]),
        ("keys", ("00ff", "11ee")),
    ],
    ids=repr,
)
def test_value_of_the_right_type_is_accepted(kind: str, value: object) -> None:
    assert KINDS[kind].accepts(value) is True


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("str", None),
        ("str", b"a"),
        ("str", ["a"]),
        ("list", "a,b"),
        ("list", None),
        ("list", ["a", 1]),
        ("uint", -1),
        ("uint", True),
        ("uint", "5"),
        ("int", "5"),
        ("int", 5.0),
        ("int", True),
        ("int", None),
        ("duration", "5m"),
        ("duration", True),
        ("duration", None),
        ("bool", 1),
        ("bool", "true"),
        ("bool", None),
        ("choice", "G"),
        ("choice", ""),
        ("choice", None),
        ("json", "nonsense"),
        ("json", "[1]"),
        ("json", [1]),
        ("json", 5),
        ("keys", None),
        ("keys", b"00ff"),
        ("keys", ["00ff", None]),
    ],
    ids=repr,
)
def test_value_of_another_type_is_not_accepted(kind: str, value: object) -> None:
    assert KINDS[kind].accepts(value) is False


@pytest.mark.parametrize(
    ("name", "stored", "read"),
    [
        ("AUTH_LOCALE_ALLOWED_LOCALES", ("en", "", "fr"), ["en", "fr"]),
        ("AUTH_SMS_GENERIC_TIMEOUT", timedelta(minutes=2), 120.0),
        ("AUTH_SMS_GENERIC_TIMEOUT", 3, 3.0),
        ("AUTH_ENCRYPTION_KEY", "00ff", ["00ff"]),
        ("AUTH_ENCRYPTION_KEY", ["00ff", "", "11ee"], ["00ff", "11ee"]),
        ("AUTH_ENCRYPTION_KEY", "", []),
        ("AUTH_JWT_CUSTOM_CLAIMS", '{"a": "b"}', {"a": "b"}),
        ("AUTH_JWT_CUSTOM_CLAIMS", {"a": "b"}, {"a": "b"}),
        ("AUTH_JWT_CUSTOM_CLAIMS", "", None),
        ("AUTH_JWT_CUSTOM_CLAIMS", None, None),
    ],
    ids=repr,
)
def test_stored_value_is_read_in_one_form(settings: Any, name: str, stored: Any, read: Any) -> None:
    setattr(settings, name, stored)
    assert getattr(conf, name) == read


def test_list_that_was_read_is_the_reader_s_own(settings: Any) -> None:
    del settings.AUTH_LOCALE_ALLOWED_LOCALES
    conf.AUTH_LOCALE_ALLOWED_LOCALES.append("de")
    assert conf.AUTH_LOCALE_ALLOWED_LOCALES == ["en"]
