"""The optional URLs of the documentation."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from nhost_auth.http.openapi import pages


def load() -> Any:
    return importlib.import_module("nhost_auth.urls_docs")


def test_page_document_and_files_have_their_paths() -> None:
    named = {str(pattern.pattern) for pattern in load().urlpatterns}
    assert named == {"", "openapi.json", *pages.OURS, *pages.SWAGGER_UI}


def test_without_the_files_of_the_page_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "nhost_auth.urls_docs", raising=False)
    monkeypatch.setattr(pages, "find_spec", lambda _name: None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install nhost-auth\[openapi\]"):
        load()
