"""What is known of a person: handing it out, and erasing it (GDPR articles 15, 17 and 20).

Every model that leads to a user or an account has an entry. Ours stand below; a host's are registered by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import router, transaction
from django.db.models import Model
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.utils import timezone

from nhost_auth import models, signals
from nhost_auth.flows import audit
from nhost_auth.infra.deadlocks import one_transaction
from nhost_auth.models import Account, AuditEvent

Row = dict[str, Any]
Exporter = Callable[[Account], list[Row]]
Eraser = Callable[[Account], int]


class Kept(Exception):
    """The host's own delete() left its user where it was."""


@dataclass(frozen=True, slots=True)
class Entry:
    exporter: Exporter
    eraser: Eraser


_registered: dict[type[Model], Entry] = {}


def register(model: type[Model], *, exporter: Exporter, eraser: Eraser) -> None:
    """Say how the rows of a model that belong to an account are handed out and erased. The last word on a model counts.

    `exporter(account)` returns a dict for each row, of values that JSON has, dates, times, UUIDs and decimals; secrets
    stay out. `eraser(account)` deletes, or blanks, those rows and returns how many there were; it runs in the
    transaction that erases the account and leaves what is outside the database to `transaction.on_commit`.
    """
    _registered[model] = Entry(exporter, eraser)


def entries() -> dict[type[Model], Entry]:
    """Every model with an entry, parents before what refers to them."""
    known = dict(OURS)
    if apps.is_installed("social_django"):
        link: type[Model] = apps.get_model("social_django", "UserSocialAuth")
        known[link] = _rows(link, *LINK)
    return known | _registered


def export(account: Account) -> dict[str, list[Row]]:
    """The rows of each model, by its label. Secrets, and what only stands for one, are not in it."""
    transaction.on_commit(partial(audit.note, "account_exported", account.pk))
    exporters: dict[type[Model], Exporter] = {get_user_model(): _host_user}
    exporters.update({model: entry.exporter for model, entry in entries().items()})
    return {model._meta.label: exporter(account) for model, exporter in exporters.items()}


@one_transaction
def erase(account: Account) -> Counter[str]:
    """Erase an account, its user and all that belongs to them; how many rows of each model.

    Raises ProtectedError or RestrictedError where a model of the host forbids it, Kept, and ObjectDoesNotExist where
    somebody else was first. Then nothing has changed.
    """
    erased: Counter[str] = Counter()
    user = _locked(account)
    for model, entry in reversed(entries().items()):
        erased[model._meta.label] += entry.eraser(account)
    deleted = user.delete()  # not the queryset's: a host's own delete() takes files and the like with it
    erased.update(deleted[1] if deleted else {})
    if get_user_model()._base_manager.filter(pk=account.user_id).exists():
        raise Kept
    transaction.on_commit(partial(signals.account_erased.send_robust, Account, account=account))
    return +erased


def count(account: Account) -> Counter[str]:
    """How many rows of each model `erase` would take, as far as can be told without it.

    Raises ProtectedError or RestrictedError. Nothing is deleted and rolled back: receivers of the host may
    take files along with a row, and files do not come back.
    """
    known = entries()
    found = Counter({model._meta.label: len(entry.exporter(account)) for model, entry in known.items()})
    for model, rows in _cascade(account, known).items():
        if model not in known:
            found[model._meta.label] += rows
    return +found


def _locked(account: Account) -> Any:
    """The host's user, with the account behind locks: nothing that belongs to them comes into being meanwhile."""
    Account.objects.select_for_update().get(pk=account.pk)
    return get_user_model()._base_manager.select_for_update().get(pk=account.user_id)


def _cascade(account: Account, known: dict[type[Model], Entry]) -> Counter[type[Model]]:
    """What Django would delete with the user, but for what erasers have taken by then."""
    collector = Collector(using=router.db_for_write(type(account.user), instance=account.user), origin=account.user)
    try:
        collector.collect([account.user])
    except (ProtectedError, RestrictedError) as error:
        if {type(row) for row in blocking(error)} - set(known):
            raise
    rows = Counter({model: len(instances) for model, instances in collector.data.items()})
    for queryset in collector.fast_deletes:
        rows[queryset.model] += queryset.count()
    return rows


def blocking(error: ProtectedError | RestrictedError) -> set[Any]:
    """The rows that stand in the way."""
    return set(error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects)


def _host_user(account: Account) -> list[Row]:
    user = account.user
    columns = [field for field in user._meta.concrete_fields if field.name != "password"]
    return [{field.attname: field.value_from_object(user) for field in columns}]


def _rows(model: type[Model], path: str, columns: str) -> Entry:
    """The entry of rows that lead to their account by `path`; `columns` are those that may be handed out."""

    def of(account: Account) -> Any:
        return model._base_manager.filter(**{path: account.pk})

    return Entry(
        exporter=lambda account: list(of(account).order_by("pk").values(*columns.split())),
        eraser=lambda account: of(account).delete()[1].get(model._meta.label, 0),
    )


def _events(account: Account) -> Any:
    return AuditEvent.objects.filter(account_id=account.pk, erased_at=None).order_by("number")


AUDIT_EVENT = "number at event outcome actor ip agent data"
ACCOUNT = (
    "id user_id email email_verified phone_number phone_number_verified display_name avatar_url locale default_role_id "
    "is_anonymous metadata created_at updated_at"
)
SECURITY_KEY = "id credential_id transports backup_eligible backed_up aaguid nickname created_at last_used_at"
CLIENT = "client_id name kind redirect_uris post_logout_redirect_uris scopes created_at updated_at"
DEVICE_REQUEST = "id client_id scopes ip device auth_time created_at expires_at"
OURS: dict[type[Model], Entry] = {
    model: _rows(model, path, columns)
    for model, path, columns in (
        (Account, "pk", ACCOUNT),
        (models.OAuth2Client, "created_by", CLIENT),
        (models.AccountRole, "account", "role_id created_at"),
        (models.RefreshToken, "account", "id kind created_at last_used_at expires_at ends_at ip device metadata"),
        (models.SpentRefreshToken, "token__account", "token_id spent_at"),
        (models.Ticket, "account", "kind data created_at expires_at"),
        (models.OneTimeCode, "account", "method target options attempts failures failed_on expires_at"),
        (models.PkceCode, "account", "redirect_to created_at expires_at"),
        (models.Challenge, "account", "purpose data expires_at"),
        (models.SecurityKey, "account", SECURITY_KEY),
        (models.TotpDevice, "user__account", "name confirmed failures failed_at created_at"),
        (models.RecoveryDevice, "user__account", "name confirmed issued_at"),
        (models.RecoveryCode, "device__user__account", "id device_id"),
        (models.ProviderSession, "account", "link updated_at"),
        (models.OAuth2Grant, "account", "id client_id scopes created_at updated_at"),
        (models.OAuth2Request, "account", "id client_id scopes redirect_uri auth_time created_at expires_at"),
        (models.OAuth2RefreshToken, "account", "id client_id scopes auth_time created_at last_used_at expires_at"),
        (models.OAuth2SpentToken, "token__account", "token_id spent_at"),
        (models.OAuth2DeviceRequest, "account", DEVICE_REQUEST),
    )
}
# Others use the application; whoever registered it is forgotten.
OURS[models.OAuth2Client] = replace(
    OURS[models.OAuth2Client],
    eraser=lambda account: models.OAuth2Client.objects.filter(created_by=account).update(created_by=None),
)
OURS[AuditEvent] = Entry(
    exporter=lambda account: list(_events(account).values(*AUDIT_EVENT.split())),
    # The trail stays, as it has to; what tells of the person in it goes.
    eraser=lambda account: AuditEvent.objects.erase(account.pk, timezone.now()),
)
LINK = ("user__account", "provider uid created modified")
