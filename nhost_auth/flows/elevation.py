"""Proof beyond a sign-in, asked for before sensitive changes (accounts.md 2.8, identity.md section 3)."""

from __future__ import annotations

from nhost_auth.conf import conf
from nhost_auth.errors import InvalidRequest, Unauthorized
from nhost_auth.flows import mfa
from nhost_auth.flows.access_tokens import ELEVATED_CLAIM, AccessToken
from nhost_auth.models import Account

SCHEME = "BearerAuthElevated"


def available_methods(account: Account) -> list[str]:
    """The ways an account, read with its roles, has to give more proof, strongest first."""
    ways = (
        ("webauthn", conf.AUTH_WEBAUTHN_ENABLED and account.security_keys.exists()),
        ("totp", mfa.is_enabled() and account.has_totp),
        ("otp-email", conf.AUTH_OTP_EMAIL_ENABLED and account.email and account.email_verified),
        ("otp-sms", conf.AUTH_SMS_PASSWORDLESS_ENABLED and account.phone_number and account.phone_number_verified),
    )
    return [name for name, available in ways if available]


def is_elevated(token: AccessToken) -> bool:
    """Whether a token carries the proof of its own subject. A refreshed one does not any more."""
    return bool(token.hasura.get(ELEVATED_CLAIM) == token["sub"])


def is_required(methods: list[str]) -> bool:
    """Whether AUTH_REQUIRE_ELEVATED_CLAIM asks somebody with these methods for proof. Unknown modes ask everybody."""
    mode = conf.AUTH_REQUIRE_ELEVATED_CLAIM
    return bool(methods) if mode == "recommended" else mode != "disabled"


def ensure(token: AccessToken, *, enrolling: bool = False, always: bool = False) -> None:
    """Raises Unauthorized where proof is asked for and the token carries none.

    `enrolling`: who has no way to give proof may get one first, also where everybody is asked. `always`: everybody is
    asked whatever AUTH_REQUIRE_ELEVATED_CLAIM says.
    """
    if conf.AUTH_REQUIRE_ELEVATED_CLAIM == "disabled" and not always:
        return
    try:
        account_id = token.account_id
    except InvalidRequest:
        raise Unauthorized("error verifying elevated claim", SCHEME) from None
    if is_elevated(token):
        return
    account = Account.objects.get_with_roles(pk=account_id)
    methods = available_methods(account) if account is not None else []
    if (always or is_required(methods)) and (methods or not enrolling):
        raise Unauthorized("elevated claim required", SCHEME)
