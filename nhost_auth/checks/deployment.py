"""Leniency that a deployment should not have: what `check --deploy` tells of settings whose Nhost default is weak."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Caution

from nhost_auth.checks.settings import wrong_types
from nhost_auth.conf import conf
from nhost_auth.flows import mfa
from nhost_auth.infra import providers, rate_limits

HOUR = 3600
LONGEST_REUSE_WINDOW = 60
DAILY_GUESSES = 100
"""NIST SP 800-63B-4 section 3.2.2."""
LEAST_ALONE, LEAST_BESIDE_ANOTHER = 15, 8
"""NIST SP 800-63B-4 section 3.1.1.2: of a password that is the only factor, and of one that is not."""
LONG_PASSWORD = 64
"""NIST SP 800-63B-4 section 3.1.1.2."""
HMAC_KEY_BYTES = {"HS256": 32, "HS384": 48, "HS512": 64}
"""RFC 7518 section 3.2: no shorter than the hash."""

Risks = Iterator[tuple[str, bool, str]]


@register(Tags.security, deploy=True)
def check_deployment(**_kwargs: Any) -> list[CheckMessage]:
    if list(wrong_types()):
        return []
    topics = (
        _addresses,
        _passwords,
        _tokens,
        _security_keys,
        _second_factor,
        _ways_in,
        _limits,
        _disclosure,
        _applications,
    )
    risks = chain.from_iterable(topic() for topic in topics)
    return [Caution(message, id=f"nhost_auth.{number}") for number, applies, message in risks if applies]


def _addresses() -> Risks:
    yield (
        "W101",
        not conf.AUTH_CLIENT_URL,
        "AUTH_CLIENT_URL is empty: any relative redirect target is accepted.",
    )
    yield (
        "W102",
        not conf.AUTH_SERVER_URL.startswith("https://"),
        "AUTH_SERVER_URL does not begin with https://: links in mails carry secrets in clear.",
    )
    yield (
        "W106",
        any(re.search(r"://[^/]*\*\*", entry) for entry in conf.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS),
        "AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS has ** in a host: it spans slashes and so matches any host.",
    )


def _applications() -> Risks:
    yield (
        "W138",
        conf.AUTH_OAUTH2_PROVIDER_ENABLED and conf.AUTH_OAUTH2_PROVIDER_TOKENS_EVERYWHERE,
        "AUTH_OAUTH2_PROVIDER_TOKENS_EVERYWHERE is on: an application that was let in to an e-mail address can change "
        "it, and the password.",
    )
    yield (
        "W139",
        conf.AUTH_OAUTH2_PROVIDER_CIMD_ENABLED and conf.AUTH_OAUTH2_PROVIDER_CIMD_ALLOW_INSECURE_TRANSPORT,
        "AUTH_OAUTH2_PROVIDER_CIMD_ALLOW_INSECURE_TRANSPORT is on: anybody has the server fetch behind the firewall.",
    )


def _passwords() -> Risks:
    least = LEAST_BESIDE_ANOTHER if mfa.is_enabled() else LEAST_ALONE
    yield (
        "W103",
        least > conf.AUTH_PASSWORD_MIN_LENGTH,
        f"AUTH_PASSWORD_MIN_LENGTH is less than {least}; {LEAST_BESIDE_ANOTHER} is enough beside a second factor.",
    )
    yield (
        "W136",
        conf.AUTH_PASSWORD_CHANGE_REVOKES_PATS is False,
        "AUTH_PASSWORD_CHANGE_REVOKES_PATS is off: personal access tokens that a thief made outlive the new password.",
    )
    yield (
        "W114",
        conf.AUTH_PASSWORD_HIBP_ENABLED is False,
        "AUTH_PASSWORD_HIBP_ENABLED is off: passwords that were stolen elsewhere are taken.",
    )
    yield (
        "W119",
        conf.AUTH_PASSWORD_MAX_LENGTH < LONG_PASSWORD,
        f"AUTH_PASSWORD_MAX_LENGTH is less than {LONG_PASSWORD}: long passphrases are refused.",
    )


def _tokens() -> Risks:
    yield (
        "W104",
        not conf.AUTH_ENCRYPTION_KEY,
        "AUTH_ENCRYPTION_KEY is not set: stored secrets are encrypted under SECRET_KEY and lost with it.",
    )
    yield (
        "W107",
        conf.AUTH_REFRESH_TOKEN_REUSE_DETECTION is False,
        "AUTH_REFRESH_TOKEN_REUSE_DETECTION is off: a stolen refresh token is not noticed.",
    )
    yield (
        "W133",
        not conf.AUTH_EMAIL_CHANGE_NOTICES,
        "AUTH_EMAIL_CHANGE_NOTICES is off: nobody hears that their password or second factor was changed.",
    )
    yield (
        "W129",
        conf.AUTH_AUDIT_ENABLED is False,
        "AUTH_AUDIT_ENABLED is off: nobody can tell afterwards what happened to an account.",
    )
    yield (
        "W117",
        conf.AUTH_REFRESH_TOKEN_MAX_LIFETIME == 0,
        "AUTH_REFRESH_TOKEN_MAX_LIFETIME is 0: a session that is refreshed never ends, a stolen one neither.",
    )
    yield (
        "W123",
        _short_shared_secret(),
        "HASURA_GRAPHQL_JWT_SECRET has a key shorter than its hash: whoever has a token can try keys until one fits.",
    )
    yield (
        "W126",
        conf.AUTH_ACCESS_TOKEN_EXPIRES_IN > HOUR,
        f"AUTH_ACCESS_TOKEN_EXPIRES_IN is more than {HOUR}: access tokens are good that long after a sign-out.",
    )
    yield (
        "W137",
        conf.AUTH_ACCESS_TOKEN_SESSION_BOUND is False,
        "AUTH_ACCESS_TOKEN_SESSION_BOUND is off: access tokens outlive the end of their session.",
    )
    yield (
        "W127",
        conf.AUTH_REFRESH_TOKEN_REUSE_WINDOW > LONGEST_REUSE_WINDOW,
        f"AUTH_REFRESH_TOKEN_REUSE_WINDOW is more than {LONGEST_REUSE_WINDOW}: stolen refresh tokens work that long.",
    )


def _security_keys() -> Risks:
    yield (
        "W108",
        conf.AUTH_WEBAUTHN_ENABLED and not conf.AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION,
        "AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION is off: whoever holds a security key is its owner.",
    )
    yield (
        "W109",
        conf.AUTH_WEBAUTHN_ENABLED and not conf.AUTH_WEBAUTHN_CONCEAL_KEYS,
        "AUTH_WEBAUTHN_CONCEAL_KEYS is off: POST /signin/webauthn tells who has an account.",
    )
    yield (
        "W122",
        conf.AUTH_WEBAUTHN_ENABLED and not conf.AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION,
        "AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION is off: a copied security key is not refused.",
    )


def _second_factor() -> Risks:
    yield (
        "W110",
        mfa.is_enabled() and not conf.AUTH_MFA_REQUIRED_EVERYWHERE,
        "AUTH_MFA_REQUIRED_EVERYWHERE is off: only the password asks for the second factor, links and codes do not.",
    )
    yield (
        "W115",
        conf.AUTH_REQUIRE_ELEVATED_CLAIM == "disabled",
        "AUTH_REQUIRE_ELEVATED_CLAIM is disabled: an access token alone changes passwords, addresses and factors.",
    )
    yield (
        "W120",
        mfa.is_enabled() and conf.AUTH_MFA_REQUIRED_EVERYWHERE and not conf.AUTH_MFA_REQUIRED_FOR_PAT,
        "AUTH_MFA_REQUIRED_FOR_PAT is off: a personal access token signs in without the second factor.",
    )
    yield (
        "W124",
        conf.AUTH_SMS_PASSWORDLESS_ENABLED and not (conf.AUTH_WEBAUTHN_ENABLED or mfa.is_enabled()),
        "AUTH_SMS_PASSWORDLESS_ENABLED is on without security keys or TOTP: who takes over a number has the account.",
    )


def _ways_in() -> Risks:
    yield (
        "W111",
        conf.AUTH_PROVIDER_BIND_BROWSER is False,
        "AUTH_PROVIDER_BIND_BROWSER is off: a link can sign people in to the account of whoever made it.",
    )
    yield (
        "W112",
        providers.any_accepted() and not conf.AUTH_LINK_EVICT_UNVERIFIED,
        "AUTH_LINK_EVICT_UNVERIFIED is off: whoever registers an address first keeps a way into its owner's account.",
    )
    yield (
        "W118",
        not 0 < conf.AUTH_OTP_DAILY_WRONG_GUESSES <= DAILY_GUESSES,
        f"AUTH_OTP_DAILY_WRONG_GUESSES is 0 or more than {DAILY_GUESSES}: codes of six digits can be guessed.",
    )
    yield (
        "W121",
        conf.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED is False,
        "AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED is off: people sign in with addresses that may be others'.",
    )
    yield (
        "W125",
        conf.AUTH_SMS_PASSWORDLESS_ENABLED and conf.AUTH_SMS_PROVIDER.lower() in ("dev", "memory"),
        "AUTH_SMS_PROVIDER is dev or memory: no SMS leaves, and codes stand in logs, files or memory.",
    )
    yield (
        "W128",
        "admin" in (conf.AUTH_USER_DEFAULT_ROLE, *conf.AUTH_USER_DEFAULT_ALLOWED_ROLES),
        "The default roles have admin, whom Hasura lets do everything: whoever signs up is an administrator.",
    )


def _limits() -> Risks:
    yield (
        "W130",
        conf.AUTH_RATE_LIMIT_ENABLE is False,
        "AUTH_RATE_LIMIT_ENABLE is off: passwords and codes are guessed, and mails sent, at any speed.",
    )
    yield (
        "W131",
        conf.AUTH_RATE_LIMIT_ENABLE and rate_limits.storage_uri() == rate_limits.MEMORY,
        "AUTH_RATE_LIMIT_STORAGE is not set: each process counts for itself, so that limits hold as many times over.",
    )


def _disclosure() -> Risks:
    yield (
        "W105",
        conf.AUTH_EMAIL_SECRET_HEADERS,
        "AUTH_EMAIL_SECRET_HEADERS is on: every mail relay can log the tickets of sign-in links.",
    )
    yield (
        "W132",
        not conf.AUTH_CORS_ALLOWED_ORIGINS,
        "AUTH_CORS_ALLOWED_ORIGINS is empty: pages of any origin may send credentials and read the answers.",
    )
    yield (
        "W135",
        conf.AUTH_CONCEAL_ACCOUNTS is False,
        "AUTH_CONCEAL_ACCOUNTS is off: who asks for a mail or an SMS learns whose account is disabled or verified.",
    )
    yield (
        "W113",
        conf.AUTH_CONCEAL_ERRORS is False,
        "AUTH_CONCEAL_ERRORS is off: answers tell who has an account, and in what state it is.",
    )
    yield (
        "W134",
        conf.AUTH_EMAIL_DELIVERY == "now",
        "AUTH_EMAIL_DELIVERY is now: how long an answer takes tells whether a mail left, and so who has an account.",
    )
    yield (
        "W116",
        conf.AUTH_VERIFY_CONFIRM_PAGE is False,
        "AUTH_VERIFY_CONFIRM_PAGE is off: mail scanners that follow links use them up, or sign in by them.",
    )


def _short_shared_secret() -> bool:
    secret = conf.HASURA_GRAPHQL_JWT_SECRET or {}
    return len(str(secret.get("key", "")).encode()) < HMAC_KEY_BYTES.get(str(secret.get("type")), 0)
