"""docs/coming-from-packages.md: its files, run in projects whose people were made by the packages it is about."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken

from nhost_auth.infra.providers import PROVIDERS, link_of
from tests.conftest import Api

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/coming-from-packages.md").read_text()
FILES = dict(re.findall(r"(?ms)^```python\n# (\w+\.py)\n(.*?)^```$", PAGE))
needs_allauth = pytest.mark.skipif(
    find_spec("allauth") is None and not os.environ.get("CI"), reason="pip install nhost-auth[test]"
)


class Project:
    """A project of tests/projects with a database of its own, each step a process."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name, self.file = name, directory / "db.sqlite3"

    def run(self, step: str, **environment: str) -> Any:
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
        variables |= {"DJANGO_SETTINGS_MODULE": f"tests.projects.{self.name}.settings", **environment}
        variables |= {"DATABASE_FILE": str(self.file), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
        source = f"import django; django.setup(); import tests.projects.{self.name}.{step}"
        command = [sys.executable, "-c", source]
        done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout or "{}")

    def install(self, *files: str, **environment: str) -> Any:
        """What stands after this app came beside, and these files of the page were run."""
        sources = json.dumps([FILES[file] for file in files])
        return self.run("after", WITH_NHOST_AUTH="yes", FILES=sources, **environment)


@pytest.fixture(scope="module")
def from_packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = Project("from_packages", tmp_path_factory.mktemp("packages"))
    out = project.run("before")
    header = re.findall(r'"AUTH_HEADER_TYPES": \("(\w+)",\)', PAGE)[0]
    files = ("everybody_proven.py", "open_to_the_never_activated.py")
    return project.install(*files, OUT=json.dumps(out), JWT_HEADER_TYPES=header)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def from_allauth(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = Project("from_allauth", tmp_path_factory.mktemp("allauth"))
    project.run("before")
    files = ("proven_by_allauth.py", "links_of_allauth.py", "second_factors_of_allauth.py")
    return project.install(*files)  # type: ignore[no-any-return]


def test_doctor_tells_of_accounts_and_hashers(from_packages: dict[str, Any]) -> None:
    told = from_packages["doctor"]
    assert told[0] == "Every user has an account."
    assert told[1].startswith("PASSWORD_HASHERS reads all of 5 passwords")


def test_people_sign_in_with_their_old_password_once_their_address_is_proven(from_packages: dict[str, Any]) -> None:
    assert from_packages["unproven"] == "unverified-user"
    assert from_packages["ann"] == "ann"


def test_first_sign_in_moves_the_password_to_the_hasher_of_today(from_packages: dict[str, Any]) -> None:
    assert from_packages["hasher"] == "argon2"
    assert from_packages["reset link of before"] is False


def test_of_several_with_one_address_the_first_has_it(from_packages: dict[str, Any]) -> None:
    addresses = dict(map(tuple, from_packages["addresses"]))
    assert (addresses["ann"], addresses["ann-again"], addresses["without"]) == ("ann@example.com", None, None)
    assert from_packages["second of an address"] == "invalid-email-password"


def test_people_whom_djoser_never_activated_are_disabled_until_they_are_opened(from_packages: dict[str, Any]) -> None:
    assert (from_packages["inactive"], from_packages["opened"]) == ("disabled-user", "unverified-user")


def test_both_stand_before_one_view_where_simplejwt_reads_another_word(from_packages: dict[str, Any]) -> None:
    heard = {from_packages[name] for name in ("our bearer", "their header", "drf token")}
    assert heard == {"ann"}


def test_tokens_of_before_are_refused_here_and_good_there(from_packages: dict[str, Any]) -> None:
    assert from_packages["their access token at us"] == 401
    assert from_packages["their refresh token at us"] in (400, 401)
    assert from_packages["their refresh token at them"] == 200


def test_simplejwt_refuses_our_tokens_where_it_reads_bearer(api: Api) -> None:
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {api.sign_up().token}"})
    with pytest.raises(InvalidToken):
        JWTAuthentication().authenticate(Request(request))


@needs_allauth
def test_addresses_that_allauth_has_proven_are_proven(from_allauth: dict[str, Any]) -> None:
    assert set(from_allauth["before the files"].values()) == {"unverified-user"}
    assert from_allauth["ann"] == "ann@example.com"
    assert from_allauth["ben"] == "unverified-user"  # his second address is proven, the first is not


@needs_allauth
def test_social_accounts_become_links_and_no_other(from_allauth: dict[str, Any]) -> None:
    ann = "ann@example.com"
    assert from_allauth["links"] == [[ann, "github", "583231"], [ann, "google-oauth2", "113904"]]


@needs_allauth
def test_authenticator_app_of_before_answers(from_allauth: dict[str, Any]) -> None:
    assert (from_allauth["carla"], from_allauth["devices"]) == ("carla@example.com", 1)


@needs_allauth
def test_who_signed_in_here_still_signs_in_there(from_allauth: dict[str, Any]) -> None:
    assert from_allauth["hashers"] == ["argon2", "argon2", "argon2"]
    assert from_allauth["allauth"] == 302


def test_names_of_links_are_those_of_the_registry() -> None:
    (names,) = re.findall(r"(?s)NAMES = ({.*?\n})", FILES["links_of_allauth.py"])
    ours = {link_of(slug) for slug in PROVIDERS}
    assert set(eval(names).values()) <= ours


@needs_allauth
@pytest.mark.parametrize("name", eval(re.findall(r"(?s)NAMES = ({.*?\n})", FILES["links_of_allauth.py"])[0]))
def test_names_of_social_accounts_are_allauths(name: str) -> None:
    assert find_spec(f"allauth.socialaccount.providers.{name}")
