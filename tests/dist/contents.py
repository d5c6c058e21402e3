"""Run by tox beside what was built: the wheel is the package and the sdist what makes it; nothing is missing or too much."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_SERVED = {".po", ".pyc"}
"""Translators' texts are compiled; Python compiles by itself."""
BESIDE = {"CHANGELOG.md", "LICENSE", "MANIFEST.in", "PKG-INFO", "README.md", "SECURITY.md", "pyproject.toml", "setup.cfg"}


def package() -> set[Path]:
    return {path.relative_to(ROOT) for path in (ROOT / "nhost_auth").rglob("*") if path.is_file()}


def expect(what: Path, found: set[str], expected: set[str]) -> None:
    assert found == expected, f"{what.name}: missing {sorted(expected - found)}, too much {sorted(found - expected)}"


def check_wheel(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expect(wheel, names, {str(path) for path in package() if path.suffix not in NOT_SERVED})


def check_sdist(sdist: Path) -> None:
    members = [member for member in tarfile.open(sdist).getmembers() if member.isfile()]
    names = {member.name.partition("/")[2] for member in members}
    own = {name for name in names if not name.startswith("nhost_auth.egg-info/")}
    expect(sdist, own, BESIDE | {str(path) for path in package() if path.suffix != ".pyc"})


(wheel,) = Path(sys.argv[1]).glob("*.whl")
(sdist,) = Path(sys.argv[1]).glob("*.tar.gz")
check_wheel(wheel)
check_sdist(sdist)
