"""Values of custom claims as texts, by the vectors of configuration.md 3.3 and what Django has besides JSON."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from nhost_auth.infra.claim_values import plain, render
from nhost_auth.models import Role


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("v", "v"),
        ("", ""),
        (123, "123"),
        (123.456, "123.456"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        ({"k1": "v1"}, '{"k1":"v1"}'),
        ({}, "{}"),
        (["a", "b"], '{"a","b"}'),
        (["a"], '{"a"}'),
        ([1, 2], "{1,2}"),
        ([], "{}"),
        ([[1], {"a": 2}], '{[1],{"a":2}}'),
        ([None, True], "{null,true}"),
    ],
    ids=repr,
)
def test_vectors(value: Any, text: str) -> None:
    assert render(value) == text


def test_object_is_compact_and_its_keys_are_sorted_on_every_level() -> None:
    assert render({"b": {"z": 1, "a": [1, 2]}, "a": None}) == '{"a":null,"b":{"a":[1,2],"z":1}}'


def test_only_the_outermost_brackets_become_braces() -> None:
    assert render(["[x]", ["y"]]) == '{"[x]",["y"]}'


def test_strings_in_a_list_are_quoted_and_escaped_as_json() -> None:
    assert render(['a"b', "c\\d", "e,f", "{g}", "ü\n"]) == r'{"a\"b","c\\d","e,f","{g}","ü\n"}'


def test_signs_of_html_and_of_line_ends_are_escaped_as_go_does() -> None:
    assert render(["<a>&\u2028\u2029"]) == r'{"\u003ca\u003e\u0026\u2028\u2029"}'
    assert render({"<": ">"}) == r'{"\u003c":"\u003e"}'


@pytest.mark.parametrize("text", ["<a href='x'>&", '"quoted"', "[]", "{}", "null", "  ", "ü\u2028"])
def test_string_alone_stays_as_it_is(text: str) -> None:
    assert render(text) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.0, "1"), (-2.0, "-2"), (0.5, "0.5"), (1e20, "100000000000000000000"), (10**30, "1" + "0" * 30), (-7, "-7")],
    ids=repr,
)
def test_number_without_fraction_has_no_point(number: float, text: str) -> None:
    assert render(number) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (Decimal("1.50"), "1.50"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), "2026-01-02T03:04:05.678901+00:00"),
        (time(3, 4, 5), "03:04:05"),
        (gettext_lazy("never translated"), "never translated"),
        (mark_safe("<b>"), "<b>"),
        (Role(name="editor"), "editor"),
        (Group(pk=7), "7"),
        ((1, "a"), '{1,"a"}'),
        ([uuid.UUID(int=7), Decimal("1.5")], '{"00000000-0000-0000-0000-000000000007","1.5"}'),
        ({"on": date(2026, 1, 2), 1: Role(name="me")}, '{"1":"me","on":"2026-01-02"}'),
    ],
    ids=repr,
)
def test_what_django_has_besides_json_becomes_json_first(value: Any, text: str) -> None:
    assert render(value) == text


@pytest.mark.django_db
def test_queryset_is_a_list() -> None:
    Group.objects.bulk_create([Group(name="b"), Group(name="a")])
    assert render(Group.objects.order_by("name").values_list("name", flat=True)) == '{"a","b"}'


@pytest.mark.parametrize(
    "value",
    [object(), b"bytes", {1, 2}, timedelta(1), [print], {"a": object()}],
    ids=lambda value: type(value).__name__,
)
def test_what_json_has_no_form_for_is_an_error(value: Any) -> None:
    with pytest.raises(TypeError):
        render(value)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_none_are_an_error(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        render([number])


def test_plain_leaves_json_alone() -> None:
    value = {"a": [1, 2.5, "x", None, True, {"b": []}]}
    assert plain(value) == value
