"""What the site has beside docs/: pages made of the code, and documents that stand elsewhere in the repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from docs_site import commands, endpoints, errors, models, settings, signals

ROOT = Path(__file__).parents[1]
DOCS = "docs"

REFERENCE: dict[str, Callable[[], str]] = {
    "reference/endpoints.md": endpoints.page,
    "reference/settings.md": settings.page,
    "reference/errors.md": errors.page,
    "reference/signals.md": signals.page,
    "reference/commands.md": commands.page,
    "reference/models.md": models.page,
}
ADOPTED = {
    "project/changelog.md": "CHANGELOG.md",
    "project/contributing.md": "CONTRIBUTING.md",
    "project/security-policy.md": "SECURITY.md",
    "project/benchmarks.md": "benchmarks/REPORT.md",
}
"""Pages of the site that are files elsewhere in the repository."""
SOURCES = {
    "nhost_auth/urls.py": "reference/endpoints.md",
    "nhost_auth/conf.py": "reference/settings.md",
    "nhost_auth/errors.py": "reference/errors.md",
    "nhost_auth/signals.py": "reference/signals.md",
    "nhost_auth/management/commands": "reference/commands.md",
    "nhost_auth/models": "reference/models.md",
    "README.md": "index.md",
    **{origin: page for page, origin in ADOPTED.items()},
}
"""What links lead to on a page of the repository, and the page that stands for it on the site."""
FOUND_FIRST = "---\nsearch:\n  boost: 3\n---\n\n"
"""Whoever looks for a name wants to see what it means before all pages that mention it."""
OF_THE_REPOSITORY = {"benchmarks/results"}
"""What links lead to and the site has nothing for: only their words are there."""


def made() -> dict[str, str]:
    """Every page that is not a file of docs/, by its place on the site."""
    adopted = {page: (ROOT / origin).read_text() for page, origin in ADOPTED.items()}
    return {page: FOUND_FIRST + make() for page, make in REFERENCE.items()} | adopted


def origin_of(page: str) -> str:
    """The file of the repository that a page of the site is; links in it are relative to that."""
    return ADOPTED.get(page, f"{DOCS}/{page}")
