"""What commands ask before they do what cannot be undone."""

from __future__ import annotations

from django.core.management.base import CommandError


def ensure_typed(wanted: str, question: str) -> None:
    """Go on only if `wanted` is typed. Raises CommandError, also where nobody is there to type."""
    try:
        typed = input(f"{question} Type {wanted} to go on: ")
    except EOFError:
        raise CommandError("Nobody is there to ask: say --noinput.") from None
    if typed.strip() != wanted:
        raise CommandError("Nothing was changed.")
