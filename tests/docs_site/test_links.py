"""Links lead somewhere: on a page of the repository, and on the site."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from docs_site.links import FENCES, LINK, Astray, adapted, place
from docs_site.pages import ADOPTED, REFERENCE, origin_of

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks/REPORT.md"])
LOCAL = re.compile(r"\[[^\[\]]*\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)")


@cache
def anchors(file: Path) -> set[str]:
    """Of the headings, as pages of repositories name them, and those that are written out."""
    text = FENCES.sub("", file.read_text())
    titles = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in re.findall(r"(?m)^#+ (.+)$", text)]
    slugs = {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
    return slugs | set(re.findall(r'id="([^"]+)"', text))


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_links_lead_to_files_and_headings_of_the_repository(file: Path) -> None:
    for target, anchor in LOCAL.findall(FENCES.sub("", file.read_text())):
        there = (file.parent / target).resolve() if target else file
        assert there.exists(), target
        assert not anchor or anchor[1:] in anchors(there), f"{target}{anchor}"


@pytest.mark.parametrize("file", sorted((ROOT / "docs").rglob("*.md")), ids=lambda file: file.name)
def test_links_out_of_docs_have_a_page_on_the_site(file: Path) -> None:
    page = file.relative_to(ROOT / "docs").as_posix()
    for link in LINK.finditer(adapted(file.read_text(), page)):
        there = (file.parent / link["target"]).resolve()
        name = there.relative_to(ROOT / "docs").as_posix()
        assert there.is_file() or name in {*REFERENCE, *ADOPTED}, link["target"]


@pytest.mark.parametrize("page", ADOPTED)
def test_links_of_documents_from_elsewhere_have_a_page_too(page: str) -> None:
    text = adapted((ROOT / origin_of(page)).read_text(), page)
    for link in LINK.finditer(text):
        there = (ROOT / "docs" / page).parent.joinpath(link["target"]).resolve()
        assert there.is_file() or there.relative_to(ROOT / "docs").as_posix() in {*REFERENCE, *ADOPTED}


def test_link_to_code_leads_to_the_reference() -> None:
    assert place("../nhost_auth/conf.py", "operating.md") == "reference/settings.md"
    assert place("../../nhost_auth/conf.py", "how-to/x.md") == "../reference/settings.md"
    assert place("docs/security.md", "project/changelog.md") == "../security.md"
    assert place("../benchmarks/REPORT.md", "operating.md") == "project/benchmarks.md"


def test_link_to_what_the_site_has_not_is_told() -> None:
    with pytest.raises(Astray, match=r"nhost_auth/apps\.py"):
        place("../nhost_auth/apps.py", "operating.md")


def test_settings_are_linked_where_they_are_named_but_not_in_code_headings_or_links() -> None:
    linked = "[`AUTH_OTP_EMAIL_ENABLED`](../reference/settings.md#auth_otp_email_enabled)"
    assert adapted("With `AUTH_OTP_EMAIL_ENABLED`.", "how-to/x.md") == f"With {linked}."
    for text in (
        "# `AUTH_OTP_EMAIL_ENABLED`",
        "```\n`AUTH_OTP_EMAIL_ENABLED`\n```",
        "[`AUTH_OTP_EMAIL_ENABLED`](https://example.com)",
        "`AUTH_PASSWORD_VALIDATORS`",
    ):
        assert adapted(text, "how-to/x.md") == text
