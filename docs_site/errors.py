"""The page of errors: errors.py and oauth2_errors.py, a line for each code."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator, Sequence

from docs_site.writing import code, escaped, line, table
from nhost_auth import errors, oauth2_errors
from nhost_auth.errors import AuthError, BotCheckFailed, RequestFault
from nhost_auth.oauth2_errors import OAuth2Error

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
OAUTH2 = """
## Errors that applications get

Where [other applications sign people in](endpoints.md#get-oauth2-authorize) what they call answers in the words of
RFC 6749: `{"error": "invalid_grant", "error_description": "Invalid refresh token"}`. Where the answer is a redirect to
the application, the same two stand in its query, with `state` and `iss`. They are never concealed.
"""


def page() -> str:
    own = [error for error in classes() if not issubclass(error, RequestFault | OAuth2Error)]
    faults = [error for error in classes() if issubclass(error, RequestFault) and not issubclass(error, BotCheckFailed)]
    of_applications = [error for error in classes() if issubclass(error, OAuth2Error)]
    parts = [INTRODUCTION, table(HEAD, _rows(own)), FAULTS, table(HEAD, _rows(faults))]
    return "\n".join([*parts, OAUTH2, table(HEAD, _rows(of_applications)), ""])


def classes() -> list[type[AuthError]]:
    """Those that are raised, in the order of errors.py and of oauth2_errors.py."""
    members = (vars(errors) | vars(oauth2_errors)).values()
    found = [member for member in members if inspect.isclass(member) and issubclass(member, AuthError)]
    return [error for error in found if getattr(error, "code", "")]


def _rows(kinds: Sequence[type[AuthError]]) -> Iterator[tuple[str, ...]]:
    same: dict[str, list[type[AuthError]]] = defaultdict(list)
    for error in kinds:
        same[error.code].append(error)
    for name, members in same.items():
        yield (
            code(name, anchor=name.lower()),
            ", ".join(dict.fromkeys(str(error.status) for error in members)),
            "; ".join(_messages(members)),
            _yes(any(error.concealable for error in members)),
            _yes(any(error.audited for error in members)),
        )


def _messages(members: Sequence[type[AuthError]]) -> Iterator[str]:
    """Each message once, with what the classes that have it say of themselves."""
    same: dict[str, list[str]] = defaultdict(list)
    for error in members:
        same[_message(error)].append(_note(error))
    for message, notes in same.items():
        yield " ".join(filter(None, [message, *notes]))


def _message(error: type[AuthError]) -> str:
    return escaped(getattr(error, "message", "")) or "as the fault is"


def _note(error: type[AuthError]) -> str:
    """What the class says of itself, where it does not inherit it."""
    return f"({line(vars(error)['__doc__'])})" if vars(error).get("__doc__") else ""


def _yes(fact: bool) -> str:
    return "yes" if fact else ""
