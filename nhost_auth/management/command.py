"""What the commands of operators share: the audit trail knows them by their name."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from nhost_auth.flows import audit


class OperatorCommand(BaseCommand):
    """A command whose doings are in the audit trail, by the actor `command <its name>`."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        name = type(self).__module__.rpartition(".")[2]
        with audit.acting(actor=f"command {name}"):
            return super().execute(*args, **options)
