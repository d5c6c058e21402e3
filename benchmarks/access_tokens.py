"""Signs access tokens of many people at once: reads their numbers as JSON, prints the tokens as JSON.

Signing in by HTTP would take 20 ms of hashing for each.
"""

from __future__ import annotations

import json
import sys

import django

from benchmarks.people import key


def main(numbers: list[int]) -> None:
    django.setup()
    from nhost_auth.flows import access_tokens
    from nhost_auth.models import Account

    people = (Account(pk=key("account", number), default_role_id="user") for number in numbers)
    print(json.dumps([access_tokens.issue(person, ["me", "user"]) for person in people]))


if __name__ == "__main__":
    main(json.load(sys.stdin))
