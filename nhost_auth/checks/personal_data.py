"""Models of the host that hold data of people without anybody having said how it is handed out and erased."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as Caution
from django.db.models import Model

from nhost_auth.flows import personal_data
from nhost_auth.models import Account

# Django's own are rows of the host's staff and tables between tables, and go with the user.
OF_NO_CONCERN = ("django.contrib.", "nhost_auth", "social_django")


@register(deploy=True)
def check_personal_data(**_kwargs: Any) -> list[CheckMessage]:
    """One message for all of them, so that it is silenced, or answered, in one place."""
    known = personal_data.entries()
    unknown = [model for model in apps.get_models() if model not in known]
    labels = sorted(model._meta.label for model in unknown if _refers_to_people(model))
    if not labels:
        return []
    return [
        Caution(
            f"These models refer to users, but auth_export_account does not know them: {', '.join(labels)}.",
            hint="Register them with nhost_auth.personal_data.register() in an AppConfig's ready().",
            id="nhost_auth.W004",
        )
    ]


def _refers_to_people(model: type[Model]) -> bool:
    """By a column of its own; tables of many-to-many fields are not among `apps.get_models()`."""
    options = model._meta
    if options.app_config.name.startswith(OF_NO_CONCERN) or options.proxy or not options.managed:
        return False
    people = (get_user_model(), Account)
    if model in people:
        return False
    related = [field.related_model for field in options.local_fields if field.many_to_one or field.one_to_one]
    return any(isinstance(other, type) and issubclass(other, people) for other in related)
