from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.demo import Demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo")).start()
    yield running
    status = running.stop()
    assert status == 0, running.printed
    assert "Traceback" not in running.printed, running.printed
