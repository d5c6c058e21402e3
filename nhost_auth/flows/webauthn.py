"""Security keys: signing up and in by one, adding more, giving further proof (identity.md section 1).

Each ceremony has two halves: options with a challenge go out, the browser's answer comes back. A challenge is spent by
the first answer that names it, whatever comes of that answer.
"""

from __future__ import annotations

import logging
import uuid
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.errors import AuthError, InvalidRequest, InvalidSecurityKey
from nhost_auth.flows import accounts, audit, policy
from nhost_auth.flows.policy import Profile
from nhost_auth.infra import webauthn
from nhost_auth.infra.webauthn import Assertion, Credential, NewKey
from nhost_auth.models import Account, Challenge, SecurityKey
from nhost_auth.models.accounts import normalize_email

logger = logging.getLogger("nhost_auth.webauthn")

Purpose = Challenge.Purpose


def sign_up_options(email: str, options: dict[str, Any] | None) -> dict[str, Any]:
    """What a new user's browser is asked; nothing but the challenge is stored yet.

    Raises what policy.ensure_profile raises, InvalidEmailPassword.
    """
    profile = policy.ensure_profile(options, default_name=email)
    policy.ensure_email_allowed(email)
    challenge, user_id = webauthn.new_challenge(), str(uuid.uuid4())
    data = {"account_id": user_id, "email": email, "options": options or {}}
    Challenge.objects.keep(challenge, Purpose.SIGN_UP, data=data)
    return webauthn.creation_options(challenge, user_id=user_id, user_name=profile.display_name)


def sign_up(
    credential: Credential, options: dict[str, Any] | None, nickname: str, *, seen: bool
) -> tuple[Account, Profile]:
    """A new account with its first key. Options given now go before those given at the beginning.

    Raises InvalidRequest, what policy.ensure_profile raises, UserAlreadyExists, DisabledUser.
    """
    challenge, text = _consume(credential, Purpose.SIGN_UP)
    begun = challenge.data
    profile = policy.ensure_profile({**begun["options"], **(options or {})}, default_name=begun["email"])
    new = _verified_creation(credential, text)
    with transaction.atomic():
        account = accounts.store(
            profile, method="webauthn", email=begun["email"], seen=seen, account_id=uuid.UUID(begun["account_id"])
        )
        _store(account, new, nickname)
    policy.ensure_enabled(account)
    return account, profile


def sign_in_options(email: str | None) -> dict[str, Any]:
    """What the browser of somebody who signs in is asked; without an address it offers whatever keys it has.

    Raises InvalidEmailPassword, what policy.ensure_valid raises, InvalidRequest for a user without keys; none of
    these with AUTH_WEBAUTHN_CONCEAL_KEYS.
    """
    if email is None:
        return _request(Purpose.SIGN_IN, None, [])
    account = Account.objects.find_by_email(email)
    keys = _credential_ids(account)
    try:
        if account is None:
            policy.refuse_unknown(email)
        policy.ensure_valid(account)
        if not keys:
            raise InvalidRequest
    except AuthError:
        if not conf.AUTH_WEBAUTHN_CONCEAL_KEYS:
            raise
        return _request(Purpose.DECOY, None, webauthn.decoys(normalize_email(email)))
    return _request(Purpose.SIGN_IN, account, keys)


def sign_in(credential: Credential) -> tuple[Account, Assertion]:
    """Who answered, and how. Raises InvalidRequest, InvalidEmailPassword, what policy.ensure_valid raises."""
    challenge, text = _consume(credential, Purpose.SIGN_IN)
    key, use = _verified_use(credential, text, owner_id=challenge.account_id)
    return accounts.get_valid(key.account_id), use


def add_options(account: Account) -> dict[str, Any]:
    """What the browser of a signed-in user is asked; keys the user has are not to be registered again."""
    challenge = webauthn.new_challenge()
    Challenge.objects.keep(challenge, Purpose.ADD_KEY, account)
    name = account.display_name or str(account)
    return webauthn.creation_options(
        challenge, user_id=str(account.pk), user_name=name, exclude=_credential_ids(account)
    )


def add(account: Account, credential: Credential, nickname: str | None) -> SecurityKey:
    """One more key for an account. Raises InvalidRequest."""
    text = _consume(credential, Purpose.ADD_KEY, account)[1]
    return _store(account, _verified_creation(credential, text), nickname)


def elevation_options(account: Account) -> dict[str, Any]:
    """What the browser of a signed-in user is asked for more proof. Raises InvalidRequest for a user without keys."""
    keys = _credential_ids(account)
    if not keys:
        raise InvalidRequest
    return _request(Purpose.ELEVATE, account, keys)


def prove(account: Account, credential: Credential) -> None:
    """Take an answer as more proof from the account's own user. Raises InvalidRequest."""
    text = _consume(credential, Purpose.ELEVATE, account)[1]
    _verified_use(credential, text, owner_id=account.pk)


def rename(account: Account, key_id: uuid.UUID, nickname: str) -> SecurityKey:
    """A key under its new name. Raises InvalidRequest for one that the account does not have."""
    account.security_keys.filter(pk=key_id).update(nickname=nickname)
    key = account.security_keys.filter(pk=key_id).first()
    if key is None:
        raise InvalidRequest
    return key


def remove(account: Account, key_id: uuid.UUID) -> None:
    """Forget a key. Raises InvalidRequest for one that the account does not have."""
    if not account.security_keys.filter(pk=key_id).delete()[0]:
        raise InvalidRequest
    removed = signals.security_key_removed
    transaction.on_commit(partial(removed.send_robust, Account, account=account, key_id=str(key_id)))


def _request(purpose: Purpose, account: Account | None, keys: list[str]) -> dict[str, Any]:
    challenge = webauthn.new_challenge()
    Challenge.objects.keep(challenge, purpose, account)
    return webauthn.request_options(challenge, allow=keys)


def _credential_ids(account: Account | None) -> list[str]:
    # Asked for nobody too, so that an unknown address takes as long as a known one.
    owner_id = account.pk if account is not None else uuid.uuid4()
    return list(SecurityKey.objects.filter(account=owner_id).values_list("credential_id", flat=True))


def _consume(credential: Credential, purpose: Purpose, account: Account | None = None) -> tuple[Challenge, str]:
    try:
        text = webauthn.answered_challenge(credential)
    except webauthn.Refused as error:
        raise InvalidRequest from error
    challenge = Challenge.objects.consume(text, purpose, account)
    if challenge is None:
        raise InvalidRequest
    return challenge, text


def _verified_creation(credential: Credential, challenge: str) -> NewKey:
    try:
        return webauthn.verify_creation(credential, challenge)
    except webauthn.Refused as error:
        logger.info("A new security key was refused: %s", error)
        raise InvalidRequest from error


def _store(account: Account, new: NewKey, nickname: str | None) -> SecurityKey:
    try:
        with transaction.atomic():
            key = SecurityKey.objects.add(account, new, nickname)
    except IntegrityError:
        raise InvalidRequest from None  # registered already, perhaps by somebody else
    added = signals.security_key_added
    transaction.on_commit(partial(added.send_robust, Account, account=account, key_id=str(key.pk)))
    return key


def _verified_use(
    credential: Credential, challenge: str, *, owner_id: uuid.UUID | None
) -> tuple[SecurityKey, Assertion]:
    """The key that answered; `owner_id` says whose it has to be. Else its user handle has to (section 7.2, step 6)."""
    key = SecurityKey.objects.find(credential["id"])
    if key is None or owner_id not in (None, key.account_id):
        raise InvalidSecurityKey
    audit.about(key.account_id)
    try:
        handles = webauthn.user_handles(credential)
        use = webauthn.verify_assertion(credential, challenge, bytes(key.public_key))
    except webauthn.Refused as error:
        logger.info("A security key's answer was refused: %s", error)
        raise InvalidSecurityKey from error
    if str(key.account_id) not in handles and (handles or owner_id is None):
        raise InvalidSecurityKey
    _ensure_advanced(key, use)
    return key, use


def _ensure_advanced(key: SecurityKey, use: Assertion) -> None:
    """Only one of a key and its copy can count on. Synced keys have copies by design and are never locked out."""
    if key.advance(use):
        return
    logger.warning("The counter of security key %s did not move on: it may have been copied", key.pk)
    regressed = signals.security_key_counter_regressed
    transaction.on_commit(partial(regressed.send_robust, Account, account=key.account, key_id=str(key.pk)))
    if conf.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION and not key.backup_eligible:
        raise InvalidSecurityKey
