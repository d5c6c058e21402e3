"""The applications that an account has let in: seeing them and taking it back (OWASP ASVS 5.0, 10.7.3)."""

from __future__ import annotations

import uuid
from functools import partial

from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery

from nhost_auth import signals
from nhost_auth.infra.deadlocks import one_transaction
from nhost_auth.models import Account, OAuth2DeviceRequest, OAuth2Grant, OAuth2RefreshToken, OAuth2Request
from nhost_auth.oauth2_errors import ApplicationNotFound


def let_in() -> QuerySet[OAuth2Grant]:
    """Everybody's grants, the newest first, with their clients and `last_used_at`, None where no token is left."""
    tokens = OAuth2RefreshToken.objects.filter(account=OuterRef("account"), client=OuterRef("client"))
    newest = tokens.order_by().values("client").annotate(newest=Max("last_used_at")).values("newest")
    grants = OAuth2Grant.objects.select_related("client").annotate(last_used_at=Subquery(newest))
    return grants.order_by("-created_at", "pk")


@one_transaction
def revoke(account: Account, grant_id: uuid.UUID) -> None:
    """Take back what an account has allowed; nothing that the application holds of it is good any more.

    Raises ApplicationNotFound for what is not the account's own.
    """
    # Locked in the order of who agrees: their consent is before this, and goes with it, or after it and stands.
    grant = OAuth2Grant.objects.select_for_update().filter(pk=grant_id, account=account).first()
    if grant is None:
        raise ApplicationNotFound
    # Codes before tokens: an exchange under way has stored its token by then, or finds its code gone.
    OAuth2Request.objects.filter(account=account, client=grant.client_id).delete()
    OAuth2DeviceRequest.objects.filter(account=account, client=grant.client_id).delete()
    OAuth2RefreshToken.objects.filter(account=account, client=grant.client_id).delete()
    grant.delete()
    revoked = partial(signals.application_revoked.send_robust, Account, account=account, client_id=grant.client_id)
    transaction.on_commit(revoked)
