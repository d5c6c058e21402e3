"""What holds of the database whenever nobody writes to it; run as a program it prints how many rows break each rule.

`python -m tests.live.invariants` under the settings of `queue_settings.py`, of an installation that has mails wait in
the database and asks for proof of addresses.
"""

from __future__ import annotations

import json
from typing import Any

import django
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT


def rules() -> dict[str, QuerySet[Any]]:
    """The rows that break each rule."""
    from django.contrib.auth import get_user_model
    from django_tasks_db.models import DBTaskResult

    from nhost_auth.models import Account, AccountRole, OneTimeCode, RefreshToken, Ticket

    accounts, tokens = Account.objects.filter(user__is_superuser=False), RefreshToken.objects.all()
    promised = accounts.exclude(email=None).filter(email_verified=False)
    mails = DBTaskResult.objects.annotate(to=KT("args_kwargs__args__0__to"))
    own = AccountRole.objects.filter(account=OuterRef("pk"))
    return {
        "every user has an account": get_user_model()._base_manager.filter(account=None),
        "every account has roles": accounts.filter(~Exists(own)),
        "the default role is one of them": accounts.filter(~Exists(own.filter(role=OuterRef("default_role")))),
        "the host's user has the account's address": promised.exclude(user__email=F("email")),
        "an address is looked up in one form": promised.exclude(email_normalized=F("email")),
        "guests have no address": accounts.filter(is_anonymous=True).exclude(email=None),
        "everybody else has one": accounts.filter(is_anonymous=False, email=None),
        "nobody has more sessions than were opened": accounts.annotate(sessions=Count("refresh_tokens")).filter(
            Q(is_anonymous=True, sessions__gt=1) | Q(is_anonymous=False, sessions__gt=0)
        ),
        "sessions end later than they began": tokens.filter(expires_at__lte=F("created_at")),
        "who has to prove an address can": promised.filter(
            ~Exists(Ticket.objects.filter(account=OuterRef("pk"))),
            ~Exists(OneTimeCode.objects.filter(account=OuterRef("pk"))),
        ),
        "and a mail of it waits or was sent": promised.filter(~Exists(mails.filter(to=OuterRef("email")))),
        "no mail waits for nobody": mails.filter(~Exists(accounts.filter(email=OuterRef("to")))),
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps({rule: rows.count() for rule, rows in rules().items()}))  # noqa: T201
