"""Markdown out of docstrings, comments and values."""

from __future__ import annotations

from docs_site.writing import code, docstrings, line, prose, sections, table


def test_table_of_nothing_is_nothing() -> None:
    assert table(("a", "b"), []) == ""
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n|---|---|\n| 1 | 2 |"


def test_code_stays_in_its_cell() -> None:
    assert code("a") == "`a`"
    assert code("a|b") == "<code>a&#124;b</code>"
    assert code("A", anchor="a") == '<span id="a"></span>`A`'


def test_specifications_are_left_out() -> None:
    assert prose("A link (accounts.md 3.6).") == "A link."
    assert prose("Keys (RFC 7517; accounts.md 3.21).") == "Keys (RFC 7517)."
    assert prose("One.\n\naccounts.md 3.8 (with the steps of 3.6) and 3.9. Two.") == "One.\n\nTwo."
    assert prose("identity.md 4.1, 4.2. GET .../tokens does.") == "GET .../tokens does."
    assert prose("Who it is (identity.md 7.6; RFC 6749 sections 5 and 6).") == "Who it is (RFC 6749 sections 5 and 6)."


def test_what_markdown_would_take_for_a_tag_is_text() -> None:
    assert prose("of <id>, not `<id>`") == "of &lt;id>, not `<id>`"
    assert line("two\n  lines") == "two lines"
    assert prose("* and ** with AUTH_X_ and AUTH_DEBUG") == "\\* and \\*\\* with AUTH_X_ and `AUTH_DEBUG`"


def test_comments_divide_a_source() -> None:
    assert sections("x\n    # One\n    a = 1\n    # Two\n    b = 2\n") == [
        ("One", "\n    a = 1\n"),
        ("Two", "\n    b = 2\n"),
    ]


def test_what_stands_below_an_assignment_is_about_it() -> None:
    source = 'a = 1\n"""About a."""\nb = 2\nclass C:\n    c = 3\n    """About c."""\n'
    assert docstrings(source) == {"a": "About a.", "b": ""}
    assert docstrings("a = 1\n2\nb = 2") == {"a": "", "b": ""}
    assert docstrings(source, "C") == {"c": "About c."}
