"""Phone numbers: codes that sign in, guests who become users by one, changing a number (accounts.md 3.5, 3.10-3.13).

An SMS leaves before anything is stored, so that a gateway's refusal changes nothing. A number that is not proven
belongs to nobody: it waits beside the code, and any number of accounts may have it waiting.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

from django.contrib.auth.hashers import is_password_usable
from django.db import IntegrityError, transaction

from nhost_auth import signals
from nhost_auth.conf import conf
from nhost_auth.errors import DisabledUser, ForbiddenAnonymous, InvalidOtp, OtpTooManyAttempts, UserAlreadyExists
from nhost_auth.flows import accounts, audit, notify, policy
from nhost_auth.flows.policy import Profile
from nhost_auth.models import Account, OneTimeCode
from nhost_auth.models.one_time_codes import Guess

SMS = OneTimeCode.Method.SMS
SMS_CHANGE = OneTimeCode.Method.SMS_CHANGE


def find_owner(number: str) -> Account | None:
    """The account a number belongs to, if it may sign in by it. Raises DisabledUser, ForbiddenAnonymous."""
    owner = Account.objects.get_with_roles(phone_number=number)
    if owner is not None:
        policy.ensure_enabled(owner)
        if owner.is_anonymous:
            raise ForbiddenAnonymous
    return owner


def send_code(owner: Account, number: str) -> None:
    """Send a sign-in code to the owner of a number. Raises CannotSendSms."""
    code = OneTimeCode.objects.draw()
    notify.phone_code(code, to=number, locale=owner.locale)
    OneTimeCode.objects.keep(owner, SMS, code, target=number)


def stage(number: str, profile: Profile) -> None:
    """Send a code to a number that nobody has; the account it will belong to waits for the proof.

    Raises CannotSendSms, and DisabledUser where AUTH_DISABLE_NEW_USERS lets the account be stored only disabled:
    then no SMS is wasted on it.
    """
    code, refused = OneTimeCode.objects.draw(), conf.AUTH_DISABLE_NEW_USERS
    if not refused:
        notify.phone_code(code, to=number, locale=profile.locale)
    account = _waiting_for(number, also_disabled=refused) or accounts.store(profile, method="passwordless-sms")
    OneTimeCode.objects.keep(account, SMS, code, target=number, options=asdict(profile))
    if refused:
        raise DisabledUser


def stage_guest(guest: Account, number: str, profile: Profile) -> None:
    """Send a code that will turn a guest into the owner of a number. Raises UserAlreadyExists, CannotSendSms."""
    _ensure_free(number)
    code = OneTimeCode.objects.draw()
    notify.phone_code(code, to=number, locale=profile.locale)
    OneTimeCode.objects.keep(guest, SMS, code, target=number, options=asdict(profile))


def consume_code(number: str, code: str) -> Account:
    """The account that a code sent to a number proves it for; from now on the number is its own.

    Raises InvalidOtp, OtpTooManyAttempts, RoleNotAllowed.
    """
    candidates = [sent for sent in OneTimeCode.objects.sent_to(number) if _may_win(sent, number)]
    same = OneTimeCode.objects.filter(pk__in=[sent.pk for sent in candidates])
    open_ones = set(same.open_to_guesses().values_list("pk", flat=True))
    matching = [sent for sent in candidates if sent.pk in open_ones and sent.is_code(code)]
    if not matching:
        for sent in candidates:
            audit.about(sent.account_id)
        same.charge()
        closed = same.exists() and not same.open_to_guesses().exists()
        raise OtpTooManyAttempts if closed else InvalidOtp
    if len(matching) > 1:
        raise InvalidOtp  # two accounts wait for this number and drew the same digits
    _bind(matching[0], number)
    account = Account.objects.get_with_roles(pk=matching[0].account_id)
    if account is None:
        raise InvalidOtp
    return account


def prove(account: Account, code: str) -> None:
    """Use up a code sent to the account's own number. Raises InvalidOtp, OtpTooManyAttempts."""
    guess = OneTimeCode.objects.guess(account, SMS, code, target=account.phone_number or "")
    if guess is Guess.EXHAUSTED:
        raise OtpTooManyAttempts
    if guess is Guess.WRONG:
        raise InvalidOtp


def send_change_code(account: Account, number: str) -> None:
    """Send a code that will replace an account's number. Raises UserAlreadyExists, CannotSendSms."""
    _ensure_free(number, except_for=account)
    code = OneTimeCode.objects.draw()
    notify.phone_code(code, to=number, locale=account.locale)
    OneTimeCode.objects.keep(account, SMS_CHANGE, code, target=number)


def change(account: Account, number: str, code: str) -> None:
    """Replace an account's number by the one a code was sent to.

    Raises InvalidOtp, OtpTooManyAttempts, and UserAlreadyExists when the number was taken meanwhile; then the code
    stays good.
    """
    try:
        with transaction.atomic():
            guess = OneTimeCode.objects.guess(account, SMS_CHANGE, code, target=number)
            if guess is Guess.RIGHT:
                _own(account, number)
    except IntegrityError:
        raise UserAlreadyExists from None
    if guess is Guess.EXHAUSTED:
        raise OtpTooManyAttempts
    if guess is Guess.WRONG:
        raise InvalidOtp


def _waiting_for(number: str, *, also_disabled: bool) -> Account | None:
    """The newest account that was staged for a number and has nothing of its own yet: asking again adds no rows."""
    staged = Account.objects.filter(
        one_time_code__target=number,
        one_time_code__method=SMS,
        phone_number=None,
        email=None,
        is_anonymous=False,
        refresh_tokens=None,
    )
    newest_first = staged.select_related("user").order_by("-created_at")
    return next((account for account in newest_first if _has_nothing(account, also_disabled)), None)


def _has_nothing(account: Account, also_disabled: bool) -> bool:
    seen = getattr(account.user, "last_login", None) is not None
    return not seen and not is_password_usable(account.user.password) and (also_disabled or not account.disabled)


def _may_win(sent: OneTimeCode, number: str) -> bool:
    account = sent.account
    if account.disabled or account.phone_number not in (None, number):
        return False
    return not account.is_anonymous or (sent.options is not None and account.email is None)


def _bind(sent: OneTimeCode, number: str) -> None:
    account = sent.account
    profile = _profile(sent.options) if sent.options is not None and account.phone_number is None else None
    if profile is not None:
        policy.ensure_roles_allowed(profile.allowed_roles)
    try:
        with transaction.atomic():
            if not sent.consume():
                raise InvalidOtp
            if account.is_anonymous:
                account.is_anonymous = False
                account.refresh_tokens.all().delete()
                converted = partial(signals.deanonymized.send_robust, Account, account=account, method="sms")
                transaction.on_commit(converted)
            _own(account, number)
            if profile is not None:
                accounts.apply_profile(account, profile)
    except IntegrityError:
        raise InvalidOtp from None  # somebody else has proven the number meanwhile


def _profile(options: dict[str, Any]) -> Profile:
    return Profile(**{**options, "allowed_roles": tuple(options["allowed_roles"])})


def _own(account: Account, number: str) -> None:
    old, account.phone_number = account.phone_number, number
    account.phone_number_verified = True
    account.save(update_fields=["phone_number", "phone_number_verified", "is_anonymous", "updated_at"])
    if old != number:
        changed = signals.phone_number_changed
        transaction.on_commit(partial(changed.send_robust, Account, account=account, old_phone_number=old))


def _ensure_free(number: str, except_for: Account | None = None) -> None:
    owners = Account.objects.filter(phone_number=number)
    if except_for is not None:
        owners = owners.exclude(pk=except_for.pk)
    if owners.exists():
        raise UserAlreadyExists
