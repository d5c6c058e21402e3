from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.live.demo import DATABASE, Demo, Prepared, Start
from tests.live.page_tools import PageTools
from tests.live.postgres import PostgreSQL, own_postgres
from tests.live.redis_server import Redis

if TYPE_CHECKING:
    from tests.live.app_page import AppPage
    from tests.live.shop import Shop

VisitApp = Callable[..., "AppPage"]
"""Opens the page /app of a demo in a browser profile of its own; a script may run before the page's."""


@pytest.fixture(scope="session")
def demo(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    directory = tmp_path_factory.mktemp("demo")
    prepared.copy(directory)
    with Demo(directory).resume() as running:
        yield running
        assert running.stop() == 0, running.printed
    assert "Traceback" not in running.printed, running.printed


@pytest.fixture
def start(prepared: Prepared, tmp_path: Path) -> Iterator[Start]:
    """Starts demos of the test's own, one prepared database between them."""
    running: list[Demo] = []
    prepared.copy(tmp_path)

    with ExitStack() as ended:

        def start(**environment: str) -> Demo:
            directory = tmp_path / str(len(running))
            directory.mkdir()
            shared = {"DATABASE_URL": f"sqlite:///{tmp_path / DATABASE}"}
            running.append(ended.enter_context(Demo(directory, **shared | environment)))
            return running[-1].resume()

        yield start
        assert [demo.stop() for demo in running] == [0] * len(running)


@pytest.fixture
def start_beside(tmp_path: Path, demo: Demo) -> Iterator[Start]:
    """Starts demos of the test's own on copies of the shared one's database, or on one that they are given."""
    running: list[Demo] = []

    def start(**environment: str) -> Demo:
        directory = tmp_path / str(len(running))
        directory.mkdir()
        begun = Demo(directory, **environment)
        running.append(begun.resume() if "DATABASE_URL" in environment else begun.resume_from(demo))
        return running[-1]

    yield start
    assert [demo.stop() for demo in running] == [0] * len(running)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQL]:
    """A PostgreSQL of the tests' own; skips the test where there is no such program."""
    with own_postgres() as server:
        yield server


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis of the test's own; skips the test where there is no such program."""
    server = Redis(tmp_path)
    yield server
    server.stop()


@pytest.fixture(scope="module")  # no longer: with the browser goes its loop, and other tests need the ORM
def running_chromium() -> Iterator[Any]:
    from tests.live.browser import chromium  # skips where playwright is missing

    with chromium() as running:
        yield running


@pytest.fixture
def visit_app(running_chromium: Any) -> Iterator[VisitApp]:
    from tests.live.app_page import AppPage

    opened: list[AppPage] = []

    def visit(demo: Demo, script: str = "") -> AppPage:
        opened.append(AppPage(running_chromium, demo, script))
        return opened[-1]

    yield visit
    for app in opened:
        app.page.context.close()
        assert app.faults == []


@pytest.fixture(scope="session")
def shop(demo: Demo) -> Iterator[Shop]:
    """An application that asks people at the shared demo."""
    from tests.live.shop import Shop, shop_pages

    with shop_pages() as back:
        yield Shop(demo, back)


@pytest.fixture(scope="session")
def page_tools(tmp_path_factory: pytest.TempPathFactory) -> PageTools:
    """The npm packages of the page; skips the test where they cannot be had."""
    return PageTools(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="session")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clients of package-lock.json installed. Missing tools are a reason to skip, but not in CI."""
    folder = tmp_path_factory.mktemp("sdk")
    if shutil.which("npm") is None and not os.environ.get("CI"):
        pytest.skip("Node and npm are not installed")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(Path(__file__).parent / "sdk" / name, folder)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, capture_output=True, text=True
    )
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"The clients cannot be installed: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    return folder
