"""Settings of the wrong type or value, a user model that cannot serve."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import get_hashers
from django.contrib.auth.models import AbstractBaseUser
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

from nhost_auth.conf import all_settings, conf
from nhost_auth.flows import custom_claims, mfa
from nhost_auth.flows.passwords import preferred_hasher
from nhost_auth.flows.redirects import compile_glob
from nhost_auth.http import cors
from nhost_auth.infra import rate_limits, sms, webauthn
from nhost_auth.infra.keyring import InvalidSecret, from_secret

AES_KEY_BYTES = (16, 24, 32)
SMS_CREDENTIALS = {
    "twilio": (
        "AUTH_SMS_TWILIO_ACCOUNT_SID",
        "AUTH_SMS_TWILIO_AUTH_TOKEN",
        "AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID",
    ),
    "modica": ("AUTH_SMS_MODICA_USERNAME", "AUTH_SMS_MODICA_PASSWORD"),
    "generic": ("AUTH_SMS_GENERIC_URL", "AUTH_SMS_GENERIC_BODY_TEMPLATE"),
}


@register()
def check_settings(**_kwargs: Any) -> list[CheckMessage]:
    """Wrong types, misspelt names, and what Nhost's server understands and this one does not."""
    return [*wrong_types(), *_misspelt(), *_postmark()]


@register()
def check_values(**_kwargs: Any) -> list[CheckMessage]:
    """Values of the right type that cannot work. Looked at only where the types are right."""
    if list(wrong_types()):
        return []
    return [
        *_jwt_secret(),
        *_encryption_keys(),
        *_redirects(),
        *_locales(),
        *_mail_tasks(),
        *_hasher(),
        *_sms(),
        *_claims(),
        *_webauthn(),
        *_second_factor(),
        *_rate_limits(),
        *_cors(),
    ]


@register()
def check_user_model(**_kwargs: Any) -> list[CheckMessage]:
    model: Any = get_user_model()
    if not issubclass(model, AbstractBaseUser):
        return [Error("AUTH_USER_MODEL has to derive from AbstractBaseUser.", id="nhost_auth.E005")]
    if conf.AUTH_DISABLE_NEW_USERS and "is_active" not in {field.name for field in model._meta.fields}:
        message = "AUTH_DISABLE_NEW_USERS is on, but the user model has no field is_active to disable users by."
        return [Error(message, id="nhost_auth.E011")]
    return []


def wrong_types() -> Iterator[CheckMessage]:
    """Settings that cannot be read as what they are; other checks wait until they are mended."""
    for setting in all_settings():
        if hasattr(settings, setting.name) and not setting.accepts(getattr(settings, setting.name)):
            yield Error(f"{setting.name} has to be {setting.expects}.", id="nhost_auth.E001")


def _misspelt() -> Iterator[CheckMessage]:
    known = {setting.name for setting in all_settings()} | {"AUTH_USER_MODEL", "AUTH_PASSWORD_VALIDATORS"}
    for name in dir(settings):
        if name.startswith("AUTH_") and name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.9)
            if close:
                yield Caution(f"{name} is unknown. Did you mean {close[0]}?", id="nhost_auth.W001")


def _postmark() -> Iterator[CheckMessage]:
    if conf.AUTH_SMTP_HOST == "postmark":
        yield Caution(
            "AUTH_SMTP_HOST is postmark, but this version speaks SMTP only.",
            hint="Use django-anymail's Postmark backend as EMAIL_BACKEND.",
            id="nhost_auth.W002",
        )


def _jwt_secret() -> Iterator[CheckMessage]:
    secret = conf.HASURA_GRAPHQL_JWT_SECRET
    if not secret:
        return
    try:
        from_secret(secret, "", "")
    except InvalidSecret as error:
        yield Error(f"HASURA_GRAPHQL_JWT_SECRET cannot be used: {error}.", id="nhost_auth.E002")


def _encryption_keys() -> Iterator[CheckMessage]:
    for key in conf.AUTH_ENCRYPTION_KEY:
        if not re.fullmatch("([0-9a-fA-F]{2})+", key) or len(key) // 2 not in AES_KEY_BYTES:
            yield Error("AUTH_ENCRYPTION_KEY has to be hex of 16, 24 or 32 bytes.", id="nhost_auth.E003")


def _redirects() -> Iterator[CheckMessage]:
    for entry in (conf.AUTH_CLIENT_URL, *conf.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS):
        try:
            compile_glob(entry)
        except re.error as error:
            yield Error(f"The redirect target {entry} is no valid pattern: {error}.", id="nhost_auth.E004")


def _locales() -> Iterator[CheckMessage]:
    for locale in (conf.AUTH_LOCALE_DEFAULT, *conf.AUTH_LOCALE_ALLOWED_LOCALES):
        if not 2 <= len(locale) <= 3:
            yield Error(f"The locale {locale} has to have two or three letters.", id="nhost_auth.E008")


def _mail_tasks() -> Iterator[CheckMessage]:
    if conf.AUTH_EMAIL_DELIVERY != "task":
        return
    try:
        from nhost_auth.infra import mail_tasks  # noqa: F401 - whether it can be imported is the question
    except ImportError:
        yield Error(
            "AUTH_EMAIL_DELIVERY is task, but there is no tasks framework.",
            hint="Django 6.0 has one; for Django 5.2 install nhost-auth[tasks].",
            id="nhost_auth.E012",
        )


def _hasher() -> Iterator[CheckMessage]:
    try:
        algorithm = preferred_hasher().algorithm
    except (ImportError, TypeError) as error:
        yield Error(f"AUTH_PASSWORD_HASHER cannot be imported: {error}.", id="nhost_auth.E006")
        return
    if algorithm not in {hasher.algorithm for hasher in get_hashers()}:
        yield Error(
            f"New passwords are hashed with {algorithm}, which PASSWORD_HASHERS does not know.",
            hint="Add the hasher to PASSWORD_HASHERS, or nobody can sign in with a password.",
            id="nhost_auth.E007",
        )


def _sms() -> Iterator[CheckMessage]:
    if conf.AUTH_SMS_PASSWORDLESS_ENABLED:
        yield from (Error(f"{fault}.", id="nhost_auth.E009") for fault in sms_faults(conf.AUTH_SMS_PROVIDER.lower()))


def sms_faults(provider: str) -> Iterator[str]:
    """Why no SMS could be sent, `provider` in lower case."""
    try:
        sms.get_provider()
    except sms.CannotSend as error:
        yield str(error)
    for name in SMS_CREDENTIALS.get(provider, ()):
        if not getattr(conf, name):
            yield f"AUTH_SMS_PASSWORDLESS_ENABLED is on and AUTH_SMS_PROVIDER is {provider}, but {name} is not set"
    if provider == "twilio" and conf.AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID.startswith("VA"):
        yield (
            "AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID is a Twilio Verify service (VA…), which is not supported: "
            "take a messaging service (MG…) or a number"
        )


def _claims() -> Iterator[CheckMessage]:
    yield from (Error(f"{fault}.", id="nhost_auth.E010") for fault in custom_claims.faults())


def _webauthn() -> Iterator[CheckMessage]:
    if not conf.AUTH_WEBAUTHN_ENABLED:
        return
    rp_id = webauthn.rp_id()
    if not re.fullmatch(r"(?!(.*\.)?[0-9]+$)[a-z0-9-]+(\.[a-z0-9-]+)*", rp_id):
        yield Error(
            f"AUTH_WEBAUTHN_ENABLED is on, but the relying party id {rp_id!r} is no host name in lower case.",
            hint="Set AUTH_WEBAUTHN_RP_ID to the domain of your pages; browsers refuse addresses, ports and schemes.",
            id="nhost_auth.E013",
        )
    for entry in (*conf.AUTH_WEBAUTHN_RP_ORIGINS, *conf.AUTH_WEBAUTHN_TOP_ORIGINS):
        if entry != "*" and not re.match(r"https?://|android:apk-key-hash:", webauthn.serialized_origin(entry)):
            yield Error(f"{entry} is no origin for AUTH_WEBAUTHN_RP_ORIGINS or _TOP_ORIGINS.", id="nhost_auth.E019")


def _second_factor() -> Iterator[CheckMessage]:
    if conf.AUTH_MFA_REQUIRED_EVERYWHERE and not mfa.is_enabled():
        yield Error(
            "AUTH_MFA_REQUIRED_EVERYWHERE is on, but the second factor is off: who has one could not sign in at all.",
            hint="Set AUTH_MFA_ENABLED.",
            id="nhost_auth.E014",
        )


def _rate_limits() -> Iterator[CheckMessage]:
    if not conf.AUTH_RATE_LIMIT_ENABLE:
        return
    try:
        rate_limits.limiter(rate_limits.storage_uri())
    except rate_limits.InvalidStorage as error:
        yield Error(f"AUTH_RATE_LIMIT_STORAGE cannot be used: {error}.", id="nhost_auth.E031")


def _cors() -> Iterator[CheckMessage]:
    for entry in conf.AUTH_CORS_ALLOWED_ORIGINS:
        if not cors.is_pattern(entry):
            yield Error(
                f"{entry} is no origin for AUTH_CORS_ALLOWED_ORIGINS.",
                hint="An origin is https://app.example.com; a * stands in the first label: https://*.example.com.",
                id="nhost_auth.E032",
            )
