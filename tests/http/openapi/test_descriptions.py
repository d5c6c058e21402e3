"""Every operation is told of in words, none of which are meant for us alone."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from nhost_auth.endpoints.anonymous_convert import AnonymousConvert
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.openapi import descriptions
from nhost_auth.http.openapi.document import document
from tests import described
from tests.contract.test_map import stories
from tests.described import operations, schema

SETTING = "AUTH_OTP_EMAIL_ENABLED"


class Told(Endpoint):
    stories = {"well": Story(), "barely": Story(), "not_at_all": Story()}

    def well(self) -> Any:
        """Do it.

        In one line, however many
        it is written in.

        And another.
        """

    def barely(self) -> Any:
        """Do it."""

    def not_at_all(self) -> Any:
        return None


def facts(story: Story) -> str:
    endpoint: type[Endpoint] = type("Fresh", (Endpoint,), {"stories": {"tell": story}, "tell": Told.not_at_all})
    return descriptions.description(endpoint, "tell").strip()


@cache
def told_of() -> dict[str, dict[str, Any]]:
    """Every operation, HEAD too, which drf-spectacular leaves out."""
    methods = [told for path in document(described.urlpatterns)["paths"].values() for told in path.values()]
    return {told["operationId"]: told for told in methods}


@pytest.mark.parametrize("name", [*sorted(story.operation for _, story in stories()), "convertAnonymous"])
def test_every_operation_has_a_summary_a_description_and_a_tag(name: str) -> None:
    told = told_of()[name]
    assert 0 < len(told["summary"]) <= 50
    assert told["summary"][-1].isalpha()
    assert told["description"].strip() == told["description"] != ""
    (tag,) = told["tags"]
    assert tag in {family.tag for family in descriptions.FAMILIES.values()}


def test_no_two_summaries_are_the_same() -> None:
    told = [operation["summary"] for operation in told_of().values()]
    assert len(told) == len(set(told))


def test_no_text_refers_to_papers_that_readers_do_not_have() -> None:
    assert ".md" not in json.dumps(schema())


def test_summary_is_the_first_line_of_the_docstring_and_the_description_begins_with_the_rest() -> None:
    assert descriptions.summary(Told, "well") == "Do it"
    assert descriptions.description(Told, "well").split("\n\n")[:2] == [
        "In one line, however many it is written in.",
        "And another.",
    ]


@pytest.mark.parametrize(("name", "summary"), [("barely", "Do it"), ("not_at_all", "")])
def test_story_without_more_to_tell_has_its_facts(name: str, summary: str) -> None:
    assert descriptions.summary(Told, name) == summary
    assert descriptions.description(Told, name) == "Counted by `AUTH_RATE_LIMIT_GLOBAL_BURST`."


@pytest.mark.parametrize(
    ("story", "fact"),
    [
        (Story(toggles=(SETTING,)), f"Refused with `disabled-endpoint` unless `{SETTING}` is on."),
        (Story(toggles=("AUTH_DISABLE_SIGNUP",)), "Refused with `signup-disabled` while `AUTH_DISABLE_SIGNUP` is on."),
        (Story(exists_with="AUTH_VERIFY_CONFIRM_PAGE"), "Served with `AUTH_VERIFY_CONFIRM_PAGE` alone."),
        (Story(turnstile=True), "the header `x-cf-turnstile-response` has to bring"),
        (Story(sends=True), "With `AUTH_CONCEAL_ACCOUNTS` the answer is OK"),
    ],
    ids=["toggle", "signup", "exists_with", "turnstile", "sends"],
)
def test_declaration_is_told(story: Story, fact: str) -> None:
    assert fact in facts(story)
    assert fact not in facts(Story())


def test_buckets_of_one_setting_are_told_once() -> None:
    told = facts(Story(limits=("email", "verification_email", "brute_force")))
    assert told == (
        "Counted by `AUTH_RATE_LIMIT_GLOBAL_BURST`, `AUTH_RATE_LIMIT_EMAIL_BURST`, `AUTH_RATE_LIMIT_BRUTE_FORCE_BURST`."
    )


@pytest.mark.parametrize(
    ("operation", "tag"),
    [
        ("signUpWebauthn", "auth: sign up"),
        ("verifyTicketURL", "auth: sign in"),
        ("refreshProviderToken", "auth: tokens"),
        ("verifyChangeUserMfa", "auth: user"),
        ("elevateTotp", "auth: elevation"),
        ("getJWKs", "auth: server"),
    ],
)
def test_tag_is_that_of_the_url(operation: str, tag: str) -> None:
    assert operations()[operation]["tags"] == [tag]


def test_call_of_another_client_has_a_tag_of_its_own() -> None:
    assert descriptions.family(AnonymousConvert) is descriptions.MUDBASE
