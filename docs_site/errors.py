"""The page of errors: errors.py, a line for each code."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator, Sequence

from docs_site.writing import code, escaped, line, table
from nhost_auth import errors, oauth2_errors
from nhost_auth.errors import AuthError, BotCheckFailed, RequestFault

HEAD = ("code", "status", "message", "concealed", "audited")
INTRODUCTION = """# Errors

A refusal is `{"status": 401, "message": "Invalid or expired refresh token", "error": "invalid-refresh-token"}`;
programs look at `error`. Where an answer is a redirect, the same stands in the target's query as `error` and
`errorDescription`. Which errors an operation may answer with stands [at the operation](endpoints.md).

**Concealed** errors become `invalid-request` with `AUTH_CONCEAL_ERRORS`; `AUTH_CONCEAL_ACCOUNTS` goes further.
**Audited** ones are in the audit trail. 429 (too many requests) and 503 (a turn to hash a password, or to count a
guess, did not come) have `Retry-After` and no code; a path that does not exist answers 404 as plain text.
"""
FAULTS = """
## Requests that are wrong in themselves

These carry `reason` beside the three. Of Turnstile's refusals `{"error": <reason>}` is all there is, without a code.
"""


def page() -> str:
    own = [error for error in classes() if not issubclass(error, RequestFault)]
    faults = [error for error in classes() if issubclass(error, RequestFault) and not issubclass(error, BotCheckFailed)]
    return "\n".join([INTRODUCTION, table(HEAD, _rows(own)), FAULTS, table(HEAD, _rows(faults)), ""])


def classes() -> list[type[AuthError]]:
    """Those that are raised, in the order of errors.py and of oauth2_errors.py."""
    members = (vars(errors) | vars(oauth2_errors)).values()
    found = [member for member in members if inspect.isclass(member) and issubclass(member, AuthError)]
    return [error for error in found if getattr(error, "code", "")]


def _rows(kinds: Sequence[type[AuthError]]) -> Iterator[tuple[str, ...]]:
    same: dict[tuple[str, int], list[type[AuthError]]] = defaultdict(list)
    for error in kinds:
        same[error.code, error.status].append(error)
    for (name, status), members in same.items():
        yield (
            code(name, anchor=name.lower()),
            str(status),
            " ".join(filter(None, [_message(members[0]), *(_note(error) for error in members)])),
            _yes(any(error.concealable for error in members)),
            _yes(any(error.audited for error in members)),
        )


def _message(error: type[AuthError]) -> str:
    return escaped(getattr(error, "message", "")) or "as the fault is"


def _note(error: type[AuthError]) -> str:
    """What the class says of itself, where it does not inherit it."""
    return f"({line(vars(error)['__doc__'])})" if vars(error).get("__doc__") else ""


def _yes(fact: bool) -> str:
    return "yes" if fact else ""
