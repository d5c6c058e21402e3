"""Registering applications, renewing their secrets, letting them go; all of it is in the audit trail."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction

from nhost_auth.flows import audit
from nhost_auth.infra.deadlocks import one_transaction
from nhost_auth.models import OAuth2Client, OAuth2DeviceRequest, OAuth2RefreshToken, OAuth2Request


def create(client: OAuth2Client, *, public: bool) -> str:
    """Store a new client; its secret, which is not kept, or nothing for a public one."""
    secret = "" if public else client.renew_secret()
    client.save(force_insert=True)
    _tell("oauth2_client_created", client, name=client.name, public=public)
    return secret


def edit(client: OAuth2Client, changed: list[str]) -> None:
    """Store these columns of a client."""
    client.save(update_fields=[*changed, "updated_at"])
    _tell("oauth2_client_edited", client, fields=", ".join(changed))


def renew_secret(client: OAuth2Client) -> str:
    """Another secret for a client that has one; that of before is good no more, the client's tokens are."""
    secret = client.renew_secret()
    client.save(update_fields=["secret_hash", "updated_at"])
    _tell("oauth2_client_secret_renewed", client)
    return secret


@one_transaction
def delete(client: OAuth2Client) -> None:
    """Delete a client and all that it was allowed. One that is gone is deleted already."""
    if not OAuth2Client.objects.select_for_update().filter(pk=client.pk).exists():
        return
    # Behind locks, for refreshes and exchanges may be under way; codes before tokens, as in applications.revoke.
    OAuth2Request.objects.filter(client=client.pk).delete()
    OAuth2DeviceRequest.objects.filter(client=client.pk).delete()
    ended = OAuth2RefreshToken.objects.filter(client=client.pk).delete()[1]
    OAuth2Client.objects.filter(pk=client.pk).delete()
    _tell("oauth2_client_deleted", client, tokens=ended.get(OAuth2RefreshToken._meta.label, 0))


def _tell(event: str, client: OAuth2Client, **data: Any) -> None:
    transaction.on_commit(partial(audit.note, event, client_id=client.pk, **data))
