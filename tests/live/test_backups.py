"""docs/backups.md as printed: what a restore brings back to life, and that the page's steps end it."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.conftest import PASSWORD
from tests.live.demo import ROOT, Demo, Start
from tests.live.postgres import PostgreSQL, binaries

PAGE = (ROOT / "docs/backups.md").read_text()
COMMANDS = re.findall(r"(?m)^\$ (.*)$", "".join(re.findall(r"(?ms)^```console\n(.*?)^```$", PAGE)))
(END_LINKS,) = re.findall(r"(?ms)^```python\n(# end_links\.py\n.*?)^```$", PAGE)
AFTERWARDS = """
import django, sys
django.setup()
from django.core.management import call_command
call_command("auth_end_sessions", "--user", "ann@example.com", "--include-pats")
call_command("auth_keys", "rotate", "--publish-ahead", "0")
call_command("auth_keys", "retire", sys.argv[1])
call_command("auth_erase_account", "carla@example.com", "--noinput")
"""
"""In one process: each takes a second to start."""
Restore = Callable[[], None]
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "example_project.settings",
    "AUTH_EMAIL_PASSWORDLESS_ENABLED": "true",
    "AUTH_KEYRING_TTL": "0",
}
"""A retired key is refused at once, so that nobody has to wait for it."""


def printed(beginning: str) -> str:
    (command,) = (command for command in COMMANDS if command.startswith(beginning))
    return command


@dataclass
class People:
    """Ann is signed in and has a token for a program, Ben has a link in his mail, Carla will ask to be erased."""

    demo: Demo
    ann: dict[str, Any] = field(default_factory=dict)
    carla: dict[str, Any] = field(default_factory=dict)
    pat: str = ""
    link: str = ""
    access_token: str = ""
    key: str = ""

    def post(self, path: str, body: dict[str, Any], token: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.post(self.demo.api + path, json=body, headers=headers, timeout=20)

    def sign_up(self, email: str) -> dict[str, Any]:
        reply = self.post("/signup/email-password", {"email": email, "password": PASSWORD})
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found["session"]  # type: ignore[no-any-return]

    def come(self) -> None:
        self.ann, self.carla = self.sign_up("ann@example.com"), self.sign_up("carla@example.com")
        self.access_token = self.ann["accessToken"]
        self.pat = self.post("/pat", {"expiresAt": "2099-01-01T00:00:00Z"}, self.access_token).json()[
            "personalAccessToken"
        ]
        assert self.post("/signin/passwordless/email", {"email": "ben@example.com"}).status_code == 200
        inbox = requests.get(f"{self.demo.origin}/inbox", timeout=20).text
        self.link = re.findall(r'http[^"]*ticket=[^"]*', inbox)[0].replace("&amp;", "&")
        (active,) = requests.get(f"{self.demo.api}/.well-known/jwks.json", timeout=20).json()["keys"]
        self.key = active["kid"]

    def go_on(self) -> None:
        """What people and operators do after the backup."""
        assert all(self.works().values())
        self.demo.run("-c", AFTERWARDS, self.key)

    def works(self) -> dict[str, bool]:
        """What of the time of the backup opens something; asking uses it up."""
        carla = {"email": "carla@example.com", "password": PASSWORD}
        target = requests.get(self.link, allow_redirects=False, timeout=20).headers["Location"]
        return {
            "refresh token": self.post("/token", {"refreshToken": self.ann["refreshToken"]}).status_code == 200,
            "personal access token": self.post("/signin/pat", {"personalAccessToken": self.pat}).status_code == 200,
            "mailed link": "refreshToken=" in target,
            "access token": self.post("/token/verify", {"token": self.access_token}).status_code == 200,
            "erased person": self.post("/signin/email-password", carla).status_code == 200,
        }


def take_back(people: People, directory: Path) -> None:
    """The page's steps."""
    (directory / "end_links.py").write_text(END_LINKS)
    steps = COMMANDS[COMMANDS.index(printed("python manage.py auth_end_sessions")) :]
    printed_by = people.demo.shell("\n".join(steps), directory, OLD_KEY=people.key, ERASED=people.carla["user"]["id"])
    assert re.search(r"Ended \d+ sessions of everybody", printed_by)


def test_restore_revives_and_the_steps_of_the_page_end_it(start: Start, tmp_path: Path) -> None:
    people = People(start(**ENVIRONMENT))
    file, copy = tmp_path / "demo.sqlite3", tmp_path / "copy.sqlite3"
    people.come()
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)  # what `.backup` of SQLite's command does; that is not on every machine
    people.go_on()
    assert not any(people.works().values())

    def restore() -> None:
        assert people.demo.stop() == 0
        for beside in tmp_path.glob("demo.sqlite3*"):
            beside.unlink()
        file.write_bytes(copy.read_bytes())
        people.demo.resume()

    restore()
    assert all(people.works().values())
    restore()  # looking has used up what there was
    take_back(people, tmp_path)
    assert not any(people.works().values())
    ann = people.post("/signin/email-password", {"email": "ann@example.com", "password": PASSWORD})
    assert ann.json()["session"]["user"]["id"] == people.ann["user"]["id"]


def test_dump_of_postgresql_is_restored_with_everybody_in_it(postgres: PostgreSQL, tmp_path: Path) -> None:
    url, another = postgres.make_database(), postgres.make_database()
    name = url.rpartition("/")[2]
    tools = f"{binaries()}:{os.environ['PATH']}"
    with Demo(tmp_path, DATABASE_URL=url, PATH=tools, **ENVIRONMENT).start() as demo:
        _dump_and_restore(demo, postgres, tmp_path, name, url, another)


def _dump_and_restore(demo: Demo, postgres: PostgreSQL, tmp_path: Path, name: str, url: str, another: str) -> None:
    people = People(demo)
    people.come()
    demo.shell(printed("pg_dump"), tmp_path)
    assert demo.stop() == 0
    with postgres.connect("postgres") as connection:
        connection.execute(f"DROP DATABASE {name}")
    made = printed("createdb").replace(" restored", f" {name}")
    demo.shell(f"{made}\n{printed('pg_restore')}", tmp_path, MAINTENANCE_URL=another, RESTORED_URL=url)
    demo.resume()
    assert all(people.works().values())
    assert demo.stop() == 0
