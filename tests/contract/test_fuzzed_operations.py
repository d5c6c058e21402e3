"""Requests that schemathesis makes up from our schema: no crash, and no answer that the schema does not tell of.

Positive requests keep to the schema, negative ones break it somewhere and are refused.
HYPOTHESIS_PROFILE=thorough makes up thousands.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test.client import ClientHandler
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from tests.conftest import Api
from tests.described import operations, schema
from tests.ways import everything_on

DEPARTURES = ("signInProviderURL", "signUpProviderURL")


def can_be_wrong(name: str) -> bool:
    """Whether an operation takes anything but an id in its path: what is none leads to no path of ours."""
    operation = operations()[name]
    return "requestBody" in operation or any(part["in"] != "path" for part in operation["parameters"])


def is_taken_all_the_same(case: Any) -> bool:
    """What our inputs see otherwise than JSON Schema: an empty parameter is none, and a string has UTF-16 units."""
    beyond = any(letter > "\uffff" for letter in json.dumps(case.body, default=str, ensure_ascii=False))
    return beyond or "" in (case.query or {}).values()


CASES = [(name, "positive") for name in sorted(operations())] + [
    (name, "negative") for name in sorted(operations()) if can_be_wrong(name)
]


@pytest.fixture(scope="session")
def described() -> Any:
    """schemathesis takes a second to load: only where these tests run."""
    import schemathesis

    return schemathesis.openapi.from_dict(schema())


@pytest.fixture
def call(described: Any, db: None, settings: Any, django_capture_on_commit_callbacks: Callable[..., Any]) -> Any:
    everything_on(settings)
    settings.AUTH_PROVIDER_GOOGLE_ENABLED = True
    settings.AUTH_PROVIDER_GOOGLE_CLIENT_ID = settings.AUTH_PROVIDER_GOOGLE_CLIENT_SECRET = "tests"
    serve = ClientHandler()

    def app(environ: Any, start_response: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            response = serve(environ)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return [response.content]

    described.app = app
    return described


@pytest.mark.urls("tests.described")
@pytest.mark.parametrize(("operation", "mode"), CASES)
def test_answer_is_described(api: Api, call: Any, operation: str, mode: str) -> None:
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    told = call.find_operation_by_id(operation)
    bearers = [{"Authorization": f"Bearer {session.token}"} for session in (api.sign_up(), api.anonymous())]
    path = {"provider": "google"} if operation in DEPARTURES else None
    cases = st.one_of(told.as_strategy(GenerationMode(mode), headers=one, path_parameters=path) for one in bearers)
    promised = [
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
        not_a_server_error,
        *([] if operation in DEPARTURES else [checks.negative_data_rejection]),  # there any text is a list of roles
    ]

    @given(cases)
    def hold(case: Any) -> None:
        assume(mode == "positive" or not is_taken_all_the_same(case))
        response = case.call()
        if response.status_code == 404 and response.headers["content-type"][0].startswith("text/html"):
            reject()  # no path of ours
        case.validate_response(response, checks=promised)

    hold()
