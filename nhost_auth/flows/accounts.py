"""Accounts: making them, finding the one a request speaks for, proving addresses, turning guests into users."""

from __future__ import annotations

import uuid
from functools import partial

from django.db import IntegrityError, transaction

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.errors import InvalidEmailPassword, UserAlreadyExists, UserNotAnonymous
from nhost_auth.flows import adoption, host_users, passwords, policy
from nhost_auth.flows.access_tokens import AccessToken
from nhost_auth.flows.policy import Profile
from nhost_auth.models import Account, AccountRole, OneTimeCode, Role
from nhost_auth.models.roles import ANONYMOUS


def create(
    profile: Profile, *, method: str, email: str | None = None, password_hash: str | None = None, seen: bool = False
) -> Account:
    """As `store`. Raises DisabledUser too, where AUTH_DISABLE_NEW_USERS let it be stored only disabled."""
    account = store(profile, method=method, email=email, password_hash=password_hash, seen=seen)
    policy.ensure_enabled(account)
    return account


def store(
    profile: Profile,
    *,
    method: str,
    email: str | None = None,
    password_hash: str | None = None,
    seen: bool = False,
    account_id: uuid.UUID | None = None,
    email_verified: bool = False,
    avatar_url: str = "",
) -> Account:
    """Store a new account beside a new user of the host; all of it or nothing.

    `seen` says that a session follows at once. Raises UserAlreadyExists, decided by the unique column.
    """
    anonymous = method == ANONYMOUS
    active = anonymous or not conf.AUTH_DISABLE_NEW_USERS
    account = Account(
        id=account_id or uuid.uuid4(),
        display_name=profile.display_name,
        locale=profile.locale,
        default_role_id=profile.default_role,
        metadata=profile.metadata,
        avatar_url=avatar_url or ("" if anonymous else policy.avatar_url(email or "")),
        is_anonymous=anonymous,
    )
    account.set_email(email)
    account.email_verified = email_verified and email is not None
    account.user = user = host_users.build(
        account.pk,
        email=email,
        password=password_hash or passwords.unusable(),
        active=active,
        seen=seen and active,
    )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            account.user = user  # once more: now it has a key
            Account.objects.create_with_roles(account, profile.allowed_roles)
    except IntegrityError:
        if email and email_taken(email):
            raise UserAlreadyExists from None
        raise
    transaction.on_commit(partial(signals.signed_up.send_robust, Account, account=account, method=method))
    return account


def find_or_create(profile: Profile, *, method: str, email: str) -> Account | None:
    """The account that signing in without a password is about; a new one where settings let sign-in make it.

    None where the address stays unknown. Raises SignupDisabled, DisabledUser, UserAlreadyExists (a lost race).
    """
    account = Account.objects.find_by_email(email)
    if account is not None:
        policy.ensure_enabled(account)
        return account
    if conf.AUTH_DISABLE_AUTO_SIGNUP:
        return None
    policy.ensure_open("AUTH_DISABLE_SIGNUP")
    return create(profile, method=method, email=email)


def create_unless_known(profile: Profile, *, method: str, email: str) -> Account | None:
    """A new account for an address; None where it has one already, so that nobody learns of it.

    Raises DisabledUser, UserAlreadyExists (a lost race).
    """
    account = Account.objects.find_by_email(email)
    if account is None:
        return create(profile, method=method, email=email)
    policy.ensure_enabled(account)
    return None


def get(account_id: uuid.UUID) -> Account:
    """The account behind an access token, with its roles. Raises InvalidEmailPassword when it is gone."""
    account = Account.objects.get_with_roles(pk=account_id)
    if account is None:
        raise InvalidEmailPassword
    return account


def get_valid(account_id: uuid.UUID) -> Account:
    """As `get`, and nothing stands against the account. Raises what policy.ensure_valid raises too."""
    account = get(account_id)
    policy.ensure_valid(account)
    return account


def bearer(token: AccessToken) -> Account:
    """The valid account an access token speaks for. Raises what `get_valid` raises.

    Tokens from before somebody else took the account over speak for nobody, though they have not expired.
    """
    account = get(token.account_id)
    if token.epoch != account.token_epoch:
        raise InvalidEmailPassword
    policy.ensure_valid(account)
    return account


def verify_email(account: Account) -> None:
    """Note that the account's address is its own."""
    if not account.email_verified:
        account.email_verified = True
        account.save(update_fields=["email_verified", "updated_at"])
        transaction.on_commit(partial(signals.email_verified.send_robust, Account, account=account))


def change_email(account: Account, email: str) -> None:
    """Put a proven address in the place of the old one, on the host's user too. Raises UserAlreadyExists."""
    old = account.email
    try:
        with transaction.atomic():
            account.set_email(email)
            account.email_verified = True
            account.save(update_fields=["email", "email_normalized", "email_verified", "updated_at"])
            account.tickets.all().delete()  # what was mailed to the old address ends with it
            OneTimeCode.objects.filter(account=account, method=OneTimeCode.Method.EMAIL).delete()
            host_users.write_back(account)
    except IntegrityError:
        raise UserAlreadyExists from None
    transaction.on_commit(partial(signals.email_changed.send_robust, Account, account=account, old_email=old))


def deanonymize(
    account_id: uuid.UUID, profile: Profile, *, email: str, password_hash: str | None, end_sessions: bool
) -> Account:
    """Turn a guest into a regular user under the same id (accounts.md 3.4).

    The row is locked, so of two conversions one wins. Raises InvalidEmailPassword when the account is gone,
    DisabledUser, UserNotAnonymous, UserAlreadyExists. When it raises, nothing has changed.
    """
    try:
        with transaction.atomic():
            account = _locked_guest(account_id)
            _become_regular(account, profile, email, password_hash)
            if end_sessions:
                account.refresh_tokens.all().delete()
    except IntegrityError:
        if email_taken(email):
            raise UserAlreadyExists from None
        raise
    method = "email-password" if password_hash else "passwordless"
    transaction.on_commit(partial(signals.deanonymized.send_robust, Account, account=account, method=method))
    return account


def _locked_guest(account_id: uuid.UUID) -> Account:
    account = Account.objects.select_for_update().select_related("user").filter(pk=account_id).first()
    if account is None:
        raise InvalidEmailPassword
    policy.ensure_enabled(account)
    if not account.is_anonymous:
        raise UserNotAnonymous
    return account


def _become_regular(account: Account, profile: Profile, email: str, password_hash: str | None) -> None:
    account.is_anonymous = False
    account.set_email(email)
    apply_profile(account, profile)
    account.tickets.all().delete()
    # A number that still waits for its code was not asked for by whoever this account is from now on.
    OneTimeCode.objects.filter(account=account).delete()
    account.user.password = password_hash or passwords.unusable()
    host_users.write_back(account, "password")


def apply_profile(account: Account, profile: Profile) -> None:
    """Give a stored account the names, locale, metadata and roles of a profile, and save it."""
    account.display_name = profile.display_name
    account.locale = profile.locale
    account.default_role_id = profile.default_role
    account.metadata = profile.metadata if profile.metadata is not None else {}
    account.role_names = sorted(profile.allowed_roles)
    Role.objects.ensure({*account.role_names, profile.default_role})
    account.save()
    account.account_roles.all().delete()
    AccountRole.objects.bulk_create(AccountRole(account=account, role_id=role) for role in account.role_names)


def set_active(account: Account, *, active: bool) -> None:
    """Let an account in again, or refuse it everywhere from now on. Nothing where the host's users know no such thing.

    Through the host's save(), so that its own receivers see it.
    """
    if account.user.is_active is active or not host_users.can_be_disabled():
        return
    account.user.is_active = active
    account.user.save(update_fields=["is_active"])
    changed = signals.account_enabled if active else signals.account_disabled
    transaction.on_commit(partial(changed.send_robust, Account, account=account))


def email_taken(email: str) -> bool:
    """Whether the address belongs to an account, or to a user where the host's own column is unique."""
    return adoption.taken(email) or host_users.has_email(email)
