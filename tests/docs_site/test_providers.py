"""docs/providers/: every provider of the registry has its page, and what that says is what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import ERROR

from nhost_auth.checks.providers import check_providers
from nhost_auth.conf import PROVIDER_SCOPES, all_settings
from nhost_auth.infra.providers import PROVIDERS, callback_url, setting_part
from nhost_auth.models import Account
from tests.conftest import Api, Inbox
from tests.internet import Internet
from tests.played import ALL
from tests.played.apple import client_pem
from tests.played.plain import Facebook, Spotify, Strava
from tests.visits import sign_in, visit

DOCS = Path(__file__).parents[2] / "docs"
TITLES = ["Register", "Turn it on", "Who comes in", "To know", "Common errors"]
PLAYED = {played.slug: played for played in ALL}
NO_CREDENTIALS = ("_ENABLED", "_TENANT", "_DEFAULT_ORGANIZATION")
each = pytest.mark.parametrize("slug", sorted(PROVIDERS))


def read(slug: str) -> str:
    return (DOCS / "providers" / f"{slug}.md").read_text()


def rows(text: str, head: str) -> dict[str, list[str]]:
    (table,) = re.findall(rf"(?m)^\| {head} \|.*\n\|[-|]+\n((?:^\|.*\|\n)+)", text)
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()]
    return {first.strip("`"): rest for first, *rest in cells}


def printed(slug: str) -> dict[str, Any]:
    """The settings of the page's first block; of Apple's with a key that can sign."""
    block = re.findall(r"(?ms)^```python\n(.*?)^```$", read(slug))[0]
    found: dict[str, Any] = {"Path": lambda _name: SimpleNamespace(read_text=client_pem)}
    exec(block, found)
    return {name: value for name, value in found.items() if name.startswith("AUTH_")}


def faults(settings: Any, values: dict[str, Any]) -> list[str]:
    for name, value in values.items():
        setattr(settings, name, value)
    return [str(found.id) for found in check_providers() if found.level >= ERROR]


def test_every_provider_has_a_page_and_nobody_else() -> None:
    assert sorted(file.stem for file in (DOCS / "providers").iterdir()) == sorted(PROVIDERS)


@each
def test_page_has_the_one_form_and_the_callback_address(settings: Any, slug: str) -> None:
    settings.AUTH_SERVER_URL = "https://example.com/v1"
    assert re.findall(r"(?m)^## (.+)$", read(slug)) == TITLES
    assert re.findall(r"(?ms)^```text\n(.*?)\n^```$", read(slug)) == [callback_url(slug)]


@each
def test_settings_as_printed_are_enough(settings: Any, slug: str) -> None:
    assert faults(settings, printed(slug)) == []


@each
def test_settings_as_printed_are_all_needed(settings: Any, slug: str) -> None:
    values = printed(slug)
    for name in values:
        if not name.endswith(NO_CREDENTIALS):
            assert faults(settings, {**values, name: ""}) == ["nhost_auth.E017"], name


@each
def test_every_setting_of_the_provider_is_named_and_none_of_another(slug: str) -> None:
    own = {s.name for s in all_settings() if s.name.startswith(f"AUTH_PROVIDER_{setting_part(slug)}_")}
    assert set(re.findall(r"AUTH_PROVIDER_[A-Z_]+[A-Z]", read(slug))) == own


@each
def test_default_scopes(slug: str) -> None:
    scopes = PROVIDER_SCOPES.get(setting_part(slug), "")
    told = re.findall(r"`AUTH_PROVIDER_\w+_SCOPE` is `([^`]+)`", re.sub(r"\s+", " ", read(slug)))
    assert told == ([scopes] if scopes else [])
    assert rows((DOCS / "how-to/social-providers.md").read_text(), "provider")[slug][1].strip("`") == scopes


@each
def test_person_is_told_as_the_played_provider_tells_them(slug: str) -> None:
    """`signal` is what says whether an address is proven; that it decides is shown by the tests of profiles."""
    played, told = PLAYED[slug], rows(read(slug), "of a person")
    assert f"linked as `{played.link}`" in told["id"][0]
    assert f"`{played.id_key}" in told["id"][0]
    assert ("without" in told["e-mail"][0] and "nobody comes in" in told["e-mail"][0]) is played.needs_email
    assert told["e-mail"][0].startswith("no address") is (played.person.email is None)
    assert (told["picture" if "picture" in told else "name, picture"][0] == "none") is (
        not played.person.avatar and slug != "discord"
    )


@each
def test_proof_of_an_address(slug: str) -> None:
    played, told = PLAYED[slug], rows(read(slug), "of a person")["e-mail"][0]
    summary = rows((DOCS / "how-to/social-providers.md").read_text(), "provider")[slug][2]
    if played.person.email is None:
        assert summary == "no address"
    elif slug == "bitbucket":
        assert (summary, "always proven" in told, f"`{played.signal}`" in told) == ("always", True, True)
    elif played.signal:
        assert summary == "as it says"
        assert re.search(rf"proven where (its )?`{played.signal}` is (true|a time)", told)
    else:
        assert (summary, "never proven" in told) == ("never", True)


@each
def test_refresh_token(slug: str) -> None:
    """LinkedIn gives them to partners alone; Google where they are asked for."""
    assert rows(read(slug), "of a person")["refresh token"][0].startswith("none") is not PLAYED[slug].refreshes


def test_table_of_providers_is_the_registry() -> None:
    table = rows((DOCS / "how-to/social-providers.md").read_text(), "provider")
    assert list(table) == sorted(PROVIDERS)
    for slug, cells in table.items():
        assert f"(../providers/{slug}.md)" in cells[0]


def test_somebody_of_strava_can_give_an_address(api: Api, internet: Internet, settings: Any, inbox: Inbox) -> None:
    signed_in = sign_in(api, Strava(internet, settings))
    assert api.post("/user/email/change", {"newEmail": "ann@example.com"}, token=signed_in.token).status == 200
    assert api.get("/verify", query=inbox.last().query).status == 302
    assert sign_in(api, Strava(internet, settings)).user["email"] == "ann@example.com"


@pytest.mark.parametrize("verified", [False, True])
def test_address_that_is_not_proven_opens_nothing(
    api: Api, internet: Internet, settings: Any, inbox: Inbox, verified: bool
) -> None:
    """With the default of the setting: a mail and no session for somebody new, an error for a known address."""
    settings.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = True
    came = visit(api, Spotify(internet, settings))
    assert ("refreshToken" in came.query, "error" in came.query, len(inbox)) == (False, False, 1)
    if verified:
        Account.objects.update(email_verified=True)
    error = visit(api, Facebook(internet, settings)).query["error"]
    assert error == ("unverified-user" if verified else "internal-server-error")
