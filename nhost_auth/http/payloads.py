"""Every response shape (accounts.md 2.1, 2.2, 3.21). camelCase begins here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.encoding import iri_to_uri

from nhost_auth.flows.sessions import SecondStep, Session
from nhost_auth.http import answers
from nhost_auth.infra.templates import get_template
from nhost_auth.models import Account, RefreshToken, SecurityKey

OK = "OK"
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
NO_SESSION = {"session": None}
JSON = DjangoJSONEncoder(separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Cookie:
    """A secret for the browser alone, sent back to one path for a minute."""

    name: str
    value: str
    path: str
    secure: bool
    cross_site: bool


@dataclass(frozen=True, slots=True)
class Redirect:
    """An answer that sends the browser elsewhere."""

    to: str
    cookie: Cookie | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page of this app; it runs no script and loads nothing."""

    template: str
    language: str
    """Of the browser, as the app's pages are for people whose account is not looked at yet."""


def session(opened: Session) -> answers.Session:
    return {
        "accessToken": opened.access_token,
        "accessTokenExpiresIn": opened.expires_in,
        "refreshToken": opened.refresh_token,
        "refreshTokenId": opened.refresh_token_id,
        "user": user(opened.account, opened.roles),
    }


def user(account: Account, roles: list[str]) -> answers.User:
    """The user object; an address or number the account does not have is left out."""
    payload: answers.User = {
        "avatarUrl": account.avatar_url,
        "createdAt": moment(account.created_at),
        "defaultRole": account.default_role_id,
        "displayName": account.display_name,
        "email": account.email or "",
        "emailVerified": account.email_verified,
        "id": str(account.pk),
        "isAnonymous": account.is_anonymous,
        "locale": account.locale,
        "metadata": account.metadata,
        "phoneNumber": account.phone_number or "",
        "phoneNumberVerified": account.phone_number_verified,
        "roles": roles,
        "activeMfaType": None,
    }
    if account.email is None:
        del payload["email"]
    if account.phone_number is None:
        del payload["phoneNumber"]
    return payload


def security_key(key: SecurityKey) -> answers.SecurityKey:
    """A key in its owner's list; what was never given or never happened is null."""
    return {
        "id": str(key.pk),
        "nickname": key.nickname,
        "createdAt": moment(key.created_at),
        "lastUsedAt": moment(key.last_used_at) if key.last_used_at else None,
        "transports": key.transports.split(",") if key.transports else [],
        "backedUp": key.backed_up,
        "aaguid": key.aaguid,
    }


def open_session(token: RefreshToken, *, current: str) -> answers.OpenSession:
    """A session in its owner's list; `current` is the id of the one that asks, if it says so."""
    return {
        "id": str(token.pk),
        "device": token.device,
        "ip": token.ip,
        "createdAt": moment(token.created_at),
        "lastUsedAt": moment(token.last_used_at),
        "expiresAt": moment(token.expires_at),
        "current": str(token.pk) == current.lower(),
    }


def moment(stored: datetime) -> str:
    """RFC 3339 in UTC."""
    if timezone.is_naive(stored):
        stored = timezone.make_aware(stored, timezone.get_default_timezone())  # a host with USE_TZ = False
    return stored.astimezone(UTC).isoformat().replace("+00:00", "Z")


def as_response(payload: Any, status: int = 200) -> HttpResponse:
    """A story's answer as HTTP: a session or the step before it, other JSON, a redirect, or nothing."""
    if isinstance(payload, Session):
        payload = {"session": session(payload)}
    if isinstance(payload, SecondStep):
        payload = {"mfa": {"ticket": payload.ticket}}
    if payload is None:
        return HttpResponse(status=status)
    if isinstance(payload, Redirect):
        # Not HttpResponseRedirect: an allowed target may have the scheme of a mobile app.
        headers = {"Location": iri_to_uri(payload.to), "Referrer-Policy": "no-referrer"}
        return _with_cookie(HttpResponse(status=302, headers=headers), payload.cookie)
    if isinstance(payload, Page):
        with translation.override(payload.language):
            page = HttpResponse(get_template(payload.template)({}))
        page.headers["Content-Security-Policy"] = PAGE_POLICY
        page.headers["Referrer-Policy"] = "no-referrer"
        return page
    return HttpResponse(JSON.encode(payload) + "\n", status=status, content_type="application/json")


def _with_cookie(response: HttpResponse, cookie: Cookie | None) -> HttpResponse:
    if cookie is not None:
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=60,
            path=cookie.path,
            secure=cookie.secure,
            httponly=True,
            samesite="None" if cookie.cross_site else "Lax",
        )
    return response
