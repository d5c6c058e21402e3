"""JSON Schemas of answers' types and of inputs."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest

from nhost_auth.http.inputs import Input, Text
from nhost_auth.http.json_schemas import Shapes


class Inner(TypedDict):
    count: int


class Outer(TypedDict):
    inner: Inner
    sort: NotRequired[Literal["a", "b"]]
    sorts: list[Literal["a"]]
    none: Inner | None


class Nested(Input):
    word = Text(enum=("x", "y"))


class Whole(Input):
    """What is sent."""

    tolerates_unknown = True

    nested = Nested(required=False)
    plain = Text(least=1, most=2)


def shapes(*, null_is_type: bool = True) -> Shapes:
    return Shapes(null_is_type=null_is_type)


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (str, {"type": "string"}),
        (int, {"type": "integer"}),
        (bool, {"type": "boolean"}),
        (list[str], {"type": "array", "items": {"type": "string"}}),
        (dict[str, Any], {"type": "object"}),
        (Literal["OK"], {"type": "string", "enum": ["OK"]}),
        (Annotated[str, ("minLength", 2), ("maxLength", 3)], {"type": "string", "minLength": 2, "maxLength": 3}),
        (str | None, {"oneOf": [{"type": "string"}, {"type": "null"}]}),
    ],
    ids=str,
)
def test_types(kind: Any, schema: dict[str, Any]) -> None:
    assert shapes().answer(kind) == schema


def test_named_shapes_and_choices_are_components() -> None:
    found = shapes()
    assert found.answer(Outer) == {"$ref": "#/components/schemas/NhostOuter"}
    inner = {"$ref": "#/components/schemas/NhostInner"}
    assert found.components == {
        "NhostInner": {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]},
        "NhostOuterSort": {"type": "string", "enum": ["a", "b"]},
        "NhostOuterSorts": {"type": "string", "enum": ["a"]},
        "NhostOuter": {
            "type": "object",
            "properties": {
                "inner": inner,
                "sort": {"$ref": "#/components/schemas/NhostOuterSort"},
                "sorts": {"type": "array", "items": {"$ref": "#/components/schemas/NhostOuterSorts"}},
                "none": {"oneOf": [inner, {"type": "null"}]},
            },
            "required": ["inner", "none", "sorts"],
        },
    }


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (str | None, {"type": "string", "nullable": True}),
        (Literal["a"] | None, {"type": "string", "enum": ["a", None], "nullable": True}),
        (Inner | None, {"allOf": [{"$ref": "#/components/schemas/NhostInner"}], "nullable": True}),
    ],
    ids=str,
)
def test_null_before_openapi_3_1(kind: Any, schema: dict[str, Any]) -> None:
    assert shapes(null_is_type=False).answer(kind) == schema


def test_inputs() -> None:
    found = shapes()
    assert found.input(Whole, "SendRequest") == {"$ref": "#/components/schemas/NhostSendRequest"}
    assert found.components == {
        "NhostNestedWord": {"type": "string", "enum": ["x", "y"]},
        "NhostNested": {
            "type": "object",
            "properties": {"word": {"$ref": "#/components/schemas/NhostNestedWord"}},
            "required": ["word"],
            "additionalProperties": False,
        },
        "NhostSendRequest": {
            "type": "object",
            "description": "What is sent.",
            "properties": {
                "nested": {"$ref": "#/components/schemas/NhostNested"},
                "plain": {"type": "string", "minLength": 1, "maxLength": 2},
            },
            "required": ["plain"],
        },
    }
