"""The page of the API in Chromium: it shows every call and makes them, under its own policy and with nobody's help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.live.browser import chromium, expect
from tests.live.demo import Demo


@pytest.fixture(scope="module")  # no longer: with the browser goes its loop, and other tests need the ORM
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


class DocsPage:
    def __init__(self, browser: Any, demo: Demo) -> None:
        self.page = browser.new_context().new_page()
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{demo.origin}/docs/")

    def operation(self, name: str) -> Any:
        return self.page.locator(f".opblock[id$='-{name}']")

    def execute(self, name: str) -> Any:
        """Open an operation and send its example."""
        found = self.operation(name)
        found.locator(".opblock-summary-control").click()
        found.get_by_role("button", name="Try it out").click()
        found.get_by_role("button", name="Execute").click()
        return found.locator(".live-responses-table .response")


@pytest.fixture
def docs(browser: Any, demo: Demo) -> Iterator[DocsPage]:
    shown = DocsPage(browser, demo)
    yield shown
    shown.page.context.close()
    assert shown.faults == []  # what the page's policy forbids is told there too
    assert {urlsplit(url).netloc for url in shown.asked if not url.startswith("data:")} == {
        urlsplit(demo.origin).netloc
    }


def test_every_operation_is_shown_with_its_summary(docs: DocsPage) -> None:
    expect(docs.page.locator(".opblock")).to_have_count(87)
    expect(docs.operation("signInEmailPassword")).to_contain_text("Sign in with e-mail and password")
    expect(docs.page.locator(".opblock-tag")).to_have_count(8)


def test_example_that_is_sent_signs_somebody_up(docs: DocsPage) -> None:
    answer = docs.execute("signUpEmailPassword")
    expect(answer).to_contain_text("200")
    expect(answer).to_contain_text('"email": "ann@example.com"')


def test_call_without_a_token_is_refused_as_told(docs: DocsPage) -> None:
    answer = docs.execute("getUser")
    expect(answer).to_contain_text("401")
    expect(answer).to_contain_text("missing or malformed authorization header")
    docs.faults.clear()  # a browser tells of every 401 in its console
