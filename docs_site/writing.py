"""Markdown out of what the code says of itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import Any

SETTING = re.compile(r"\b(?:AUTH|HASURA)_[A-Z0-9_]*[A-Z0-9]\b")
SPECIFICATIONS = r"\b(?:accounts|configuration|design|identity|mudbase|security)\.md"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already. Nothing where there are no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *lines]) if lines else ""


def code(value: Any, *, anchor: str = "") -> str:
    """As code within a line or a cell."""
    text = str(value).replace("|", "&#124;")
    literal = f"<code>{text}</code>" if "&#124;" in text or "`" in text else f"`{text}`"
    return f'<span id="{anchor}"></span>{literal}' if anchor else literal


def codes(values: Iterable[Any]) -> str:
    return ", ".join(code(value) for value in values)


def prose(text: str | None) -> str:
    """A docstring for readers outside: without its references to the specifications, which are not published."""
    text = re.sub(rf"(?:[;,] )?{SPECIFICATIONS}[^();]*(?=\))", "", text or "")
    text = re.sub(rf"\({SPECIFICATIONS}[^();]*; ", "(", text)
    text = re.sub(rf"(?m)^{SPECIFICATIONS}.*?\.(?:\s|$)", "", text)
    return escaped(re.sub(r" ?\(\)", "", text).strip())


def escaped(text: str) -> str:
    """Without what Markdown would take for tags, emphasis and cells; settings are code, and so is what was."""
    return "".join(part if part.startswith("`") else _plain(part) for part in re.split(r"(`[^`]*`)", text))


def _plain(text: str) -> str:
    return SETTING.sub(r"`\g<0>`", text.replace("<", "&lt;").replace("|", "&#124;").replace("*", "\\*"))


def line(text: str | None) -> str:
    """A docstring in one line."""
    return " ".join(prose(text).split())


def sections(source: str, indent: int = 4) -> list[tuple[str, str]]:
    """The parts that comments on lines of their own divide a source into: each comment with what follows it."""
    parts = re.split(rf"(?m)^ {{{indent}}}# (.+)$", source)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def docstrings(source: str, owner: str = "") -> dict[str, str]:
    """What stands below assignments of a module, or of one of its classes, by the name that is assigned to."""
    tree: ast.Module | ast.ClassDef = ast.parse(source)
    if owner:
        (tree,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner)
    found = {}
    for node, following in zip(tree.body, [*tree.body[1:], None], strict=True):
        targets = node.targets if isinstance(node, ast.Assign) else []
        found.update({target.id: _text(following) for target in targets if isinstance(target, ast.Name)})
    return found


def _text(node: ast.stmt | None) -> str:
    """What a docstring says; nothing where a node is none."""
    value = node.value.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else ""
    return value if isinstance(value, str) else ""
