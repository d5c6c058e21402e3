"""Paths of custom claims: what can be read, what they find in JSON, what they ask of GraphQL (configuration.md 3.2)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nhost_auth.flows.claim_paths import Every, Filter, Index, Name, UnreadablePath, parse, read_json, select

# The document of the test vectors.
DOCUMENT = {
    "m": {
        "k": "v",
        "l": ["a", "b", "c"],
        "l2": ["a"],
        "lm": [{"id": 1}, {"id": 2}, {"id": 3}],
        "d": [{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "a"}],
    },
    "metadata": {"m1": 1},
}
# Lists in lists, holes, and values of every type.
ORGANISATIONS = {
    "orgs": [
        {"id": 1, "teams": [{"id": 11, "name": "x"}, {"id": 12, "name": None}], "rank": 3, "open": True},
        {"id": 2, "teams": [], "rank": 1.5, "open": False},
        {"id": 3, "teams": None, "rank": None},
        {"id": "4", "rank": "3"},
        None,
    ],
    "empty": [],
    "blank": "",
    "null": None,
    "nulls": [None, None],
    "my-key": {"ключ": 2},
    "grid": [[1, 2], [3]],
}


def find(text: str, document: Any = ORGANISATIONS) -> Any:
    return parse(text).find(document, read_json)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("m.k", "v"),
        ("m.l[2]", "c"),
        ("m.l[]", ["a", "b", "c"]),
        ("m.l[*]", ["a", "b", "c"]),
        ("m.lm[].id", [1, 2, 3]),
        ("m.lm[*].id", [1, 2, 3]),
        ("m.lm.id[]", [1, 2, 3]),
        ("m.l2[]", ["a"]),
        ("m.l2[*]", ["a"]),
        ("metadata.m1", 1),
        ("nonexistent.nonexistent", None),
        ("m.d[?(@.v == 'a')].id", [1, 3]),
        ("m", DOCUMENT["m"]),
    ],
)
def test_vectors(text: str, value: Any) -> None:
    assert find(text, DOCUMENT) == value


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a.b", (Name("a"), Name("b"))),
        ("a[0][-12].b", (Name("a"), Index(0), Index(-12), Name("b"))),
        ("a[].b[*].c", (Name("a"), Every(), Name("b"), Every(), Name("c"))),
        ("a-1._b.ключ", (Name("a-1"), Name("_b"), Name("ключ"))),
        ("a[?(@.v=='x')]", (Name("a"), Filter(("v",), "==", "x"))),
        ("""a[?( @.v.w  !=  "it's ]." )]""", (Name("a"), Filter(("v", "w"), "!=", "it's ]."))),
        ("a[?(@.v >= -1.5)]", (Name("a"), Filter(("v",), ">=", -1.5))),
        ("a[?(@.v==true)]", (Name("a"), Filter(("v",), "==", True))),  # noqa: FBT003
    ],
)
def test_path_becomes_steps(text: str, steps: Any) -> None:
    assert parse(text).steps == steps
    assert parse(text) is parse(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 1),
        (".a", 1),
        ("a.", 3),
        ("a..b", 3),
        ("[].a", 1),
        ("a b", 2),
        (" a", 1),
        ("a\n", 2),
        ("a.[0]", 3),
        ("a]", 2),
        ("a[", 2),
        ("a[0", 2),
        ("a[x]", 2),
        ("a['x']", 2),
        ("a[0:2]", 2),
        ("a[0,1]", 2),
        ("a[1.5]", 2),
        ("a[1234567890]", 2),
        ("a[٣]", 2),
        ("a[][", 4),
        ("a[]b", 4),
        ("a.*", 3),
        ("$.a", 1),
        ("{.a}", 1),
        ("a[?(@.v)]", 2),
        ("a[?(@.v = 'x')]", 2),
        ("a[?(@.v === 'x')]", 2),
        ("a[?(@.v =~ 'x')]", 2),
        ("a[?(@.v == x)]", 2),
        ("a[?(@.v == 'x)]", 2),
        ("a[?(@.v == null)]", 2),
        ("a[?(v == 'x')]", 2),
        ("a[?(@ == 'x')]", 2),
        ("a[?(@.v[0] == 'x')]", 2),
        ("a[?@.v == 'x']", 2),
        ("a[?(@.v == 'x' && @.w == 'y')]", 2),
    ],
    ids=repr,
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, at: int) -> None:
    with pytest.raises(UnreadablePath, match=re.escape(repr(text))) as caught:
        parse(text)
    assert f"character {at}" in str(caught.value)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("value", [None, 5, True, ["a"], {"a": "b"}], ids=repr)
def test_what_is_no_text_is_no_path(value: Any) -> None:
    with pytest.raises(UnreadablePath, match="has to be text"):
        parse(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("orgs[].id", [1, 2, 3, "4"]),
        ("orgs[0].id", 1),
        ("orgs[-2].id", "4"),
        ("orgs[*].teams[].id", [11, 12]),
        ("orgs[0].teams[].name", ["x", None]),
        ("orgs[0].teams[1]", {"id": 12, "name": None}),
        ("grid[]", [[1, 2], [3]]),
        ("grid[*][*]", [1, 2, 3]),
        ("grid[*][0]", [1, 3]),
        ("grid[1][0]", 3),
        ("blank", ""),
        ("empty", []),
        ("empty[]", []),
        ("empty[*].id", []),
        ("orgs[1].teams[*].id", []),
        ("nulls[*]", [None, None]),
        ("my-key.ключ", 2),
    ],
)
def test_lists_and_values(text: str, value: Any) -> None:
    assert find(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "nonexistent",
        "nonexistent[]",
        "nonexistent[*].id",
        "null",
        "null.id",
        "null[]",
        "null[*]",
        "null[0]",
        "blank.id",
        "blank[].id",
        "blank[*]",
        "blank[0]",
        "orgs.id",
        "orgs[5]",
        "orgs[-6]",
        "orgs[4]",
        "orgs[4].id",
        "orgs[2].teams[*]",
        "orgs[*].nonexistent",
        "orgs[3].rank.x",
        "orgs[0].id[*]",
        "grid[*][1]",
        "nulls[*].id",
        "orgs[0].teams[?(@.id > 11)].nonexistent",
        "my-key[*]",
        "my-key[?(@.v == 'x')]",
    ],
)
def test_what_is_not_there_is_nothing(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("orgs.teams.id[]", [[11, 12], [], None, None, None]),
        ("orgs[].teams.id[]", [[11, 12], [], None, None, None]),
        ("orgs[].teams[].id[]", [[11, 12], [], None, None, None]),
        ("orgs[0].teams.id[]", [11, 12]),
        ("orgs[?(@.id == 1)].teams.id[]", [[11, 12]]),
        ("orgs[9].teams.id[]", None),
        ("blank[]", ""),
        ("orgs[0].id[]", 1),
        ("grid.x[]", [[None, None], [None]]),
    ],
)
def test_path_that_ends_in_brackets_maps_lists_and_keeps_them_nested(text: str, value: Any) -> None:
    assert find(text) == value


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("@.id == 1", [1]),
        ("@.id != 1", [2, 3]),
        ("@.id < 3", [1, 2]),
        ("@.id <= 3", [1, 2, 3]),
        ("@.id > 1", [2, 3]),
        ("@.id >= 1.5", [2, 3]),
        ("@.id == '4'", ["4"]),
        ("@.id == 4", []),
        ("@.rank == 3", [1]),
        ("@.rank < 2", [2]),
        ("@.open == true", [1]),
        ("@.open != true", [2]),
        ("@.open == 1", []),
        ("@.nonexistent == 'x'", []),
        ("@.nonexistent != 'x'", []),
        ("@.teams.id == 11", []),
        ("@.teams != 'x'", []),
    ],
)
def test_filter_takes_what_has_the_variable_in_the_type_asked_for(condition: str, ids: Any) -> None:
    assert find(f"orgs[?({condition})].id") == ids


def test_filter_sees_through_objects() -> None:
    rows = [{"id": n, "org": {"role": role}} for n, role in enumerate(("admin", "member", None))]
    assert find("rows[?(@.org.role == 'admin')].id", {"rows": rows}) == [0]


@pytest.mark.parametrize(
    ("texts", "selection"),
    [
        (["profile.organisation.id"], {"profile": {"organisation": {"id": {}}}}),
        (["a.b", "a.c", "a.b"], {"a": {"b": {}, "c": {}}}),
        (["a[].b[0].c", "a[*].d[]"], {"a": {"b": {"c": {}}, "d": {}}}),
        (["a[?(@.v == 'x')].id"], {"a": {"v": {}, "id": {}}}),
        (["a.b[?(@.v.w == 'x')].c[?(@.u == 1)]"], {"a": {"b": {"v": {"w": {}}, "c": {"u": {}}}}}),
        (["metadata.x.y", "metadata", "metadata[0].z-z"], {"metadata": {}}),
        (["a.metadata.x"], {"a": {"metadata": {"x": {}}}}),
        (["a", "a.b"], {"a": {"b": {}}}),
        ([], {}),
    ],
    ids=str,
)
def test_fields_that_graphql_is_asked_for(texts: list[str], selection: Any) -> None:
    assert select(parse(text) for text in texts) == selection


@pytest.mark.parametrize("text", ["a-b", "a.1", "ключ.id", "a/b", "a#", "a[?(@.v-w == 'x')].id", "id:password"])
def test_name_that_is_none_in_graphql_cannot_be_asked_for(text: str) -> None:
    with pytest.raises(UnreadablePath, match="is no name of a field"):
        select([parse(text)])
