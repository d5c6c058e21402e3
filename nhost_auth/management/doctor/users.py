"""Whether those who should be able to sign in can."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, get_hashers_by_algorithm

from nhost_auth.management.doctor.finding import Finding, error, ok, warning

SUBJECT = "users"
COUNTED = 1000
SAMPLE = 500
"""Users from either end: the oldest have the oldest hashes, the newest may come from an import."""
NAMES = re.compile("argon2|bcrypt(_sha256)?|crypt|(unsalted_)?(md5|sha1)|pbkdf2_sha(1|256)|scrypt")
"""Of algorithms that Django has or had."""


def diagnose() -> Iterator[Finding]:
    model: Any = get_user_model()
    users = model._base_manager
    homeless = users.filter(account=None).order_by().values("pk")[: COUNTED + 1].count()
    if homeless:
        count = homeless if homeless <= COUNTED else f"more than {COUNTED}"
        yield warning(SUBJECT, f"Users without an account, who cannot sign in here: {count}.", "manage.py migrate")
    else:
        yield ok(SUBJECT, "Every user has an account.")
    if model.password is not None:  # a model may go without the column by setting it to None
        yield from _hashers(users)


def _hashers(users: Any) -> Iterator[Finding]:
    passwords = users.values_list("pk", "password")
    sample = dict([*passwords.order_by("-pk")[:SAMPLE], *passwords.order_by("pk")[:SAMPLE]]).values()
    usable = [password for password in sample if password and not password.startswith(UNUSABLE_PASSWORD_PREFIX)]
    stored, known = Counter(map(_algorithm, usable)), get_hashers_by_algorithm()
    for algorithm, count in sorted(stored.items()):
        if algorithm not in known:
            text = f"No hasher of PASSWORD_HASHERS reads {count} of {len(usable)} passwords looked at: {algorithm}."
            yield error(SUBJECT, text, "Add the hasher to PASSWORD_HASHERS.")
    if not set(stored) - set(known):
        yield ok(SUBJECT, f"PASSWORD_HASHERS reads all of {len(usable)} passwords looked at.")


def _algorithm(password: str) -> str:
    name = password.partition("$")[0]
    # What is no name we know is not shown: it can be a password that was stored in clear.
    is_known = "$" in password and (NAMES.fullmatch(name) or name in get_hashers_by_algorithm())
    return name if is_known else "of no form that is known"
