"""The app: what it does once Django is ready and after each `migrate`."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_delete, post_migrate, post_save


class NhostAuthConfig(AppConfig):
    name = "nhost_auth"
    verbose_name = "Nhost Auth"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth import get_user_model

        from nhost_auth import checks  # noqa: F401 - registers the system checks
        from nhost_auth.flows import adoption, change_notices  # noqa: F401 - the latter listens to signals

        if apps.is_installed("drf_spectacular"):
            from nhost_auth.http.openapi import spectacular  # noqa: F401 - registers the security scheme

        from nhost_auth.models import Account

        adoption.watch_validation()
        for model in apps.get_models():
            if issubclass(model, get_user_model()):  # proxies and subclasses of it are users too
                post_save.connect(adoption.follow_saved, sender=model, dispatch_uid="nhost_auth.follow_saved")
        post_delete.connect(adoption.follow_deleted, sender=Account, dispatch_uid="nhost_auth.follow_deleted")
        post_migrate.connect(furnish, sender=self, dispatch_uid="nhost_auth.furnish")


def furnish(using: str, apps: Any = None, **_kwargs: Any) -> None:
    """After `migrate`: the configured roles, a first signing key where none is pinned, accounts for all users."""
    from django.db import router

    from nhost_auth.conf import conf
    from nhost_auth.flows import adoption
    from nhost_auth.models import Account, Role, SigningKey

    # `apps` is the state of the database: after `migrate another_app` our tables may not be there.
    has_tables = apps is None or "account" in apps.all_models["nhost_auth"]
    if not has_tables or not router.allow_migrate_model(using, Account) or using != router.db_for_write(Account):
        return
    Role.objects.ensure_configured()
    if not conf.HASURA_GRAPHQL_JWT_SECRET:
        SigningKey.objects.ensure_one()
    adoption.adopt_all()
