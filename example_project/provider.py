"""A social provider for the demo: it believes whoever says that an address is theirs. OpenID Connect Core 1.0.

Two clients ask it: this server, by code, and the page /app, which gets ID tokens as apps do from a provider's own
button. It remembers nothing: its codes and tokens are what they stand for, signed.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from jwt.algorithms import OKPAlgorithm

from nhost_auth.conf import conf

SLUG = "demo-provider"
PAGE_CLIENT = "nhost-auth-demo-page"
CODES, TOKENS, REFRESH_TOKENS = (f"example_project.provider.{kind}" for kind in ("codes", "tokens", "refresh"))
SECONDS = 300
KEY_ID = "demo"


def discovery(_request: HttpRequest) -> HttpResponse:
    """Where it does what (OpenID Connect Discovery 1.0)."""
    issuer = _client()["issuer"]
    return JsonResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": issuer,
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/me",
            "jwks_uri": f"{issuer}/keys",
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
    )


def keys(_request: HttpRequest) -> HttpResponse:
    """What its ID tokens are checked by."""
    _client()
    public = OKPAlgorithm.to_jwk(_key().public_key(), as_dict=True)
    return JsonResponse({"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "EdDSA"}]})


def page_url() -> str:
    """Where the page /app sends people for an ID token; nowhere: empty."""
    if SLUG not in (conf.AUTH_PROVIDER_CUSTOM or {}) or not settings.DEMO_PAGE:
        return ""
    asked = {"response_type": "id_token", "client_id": PAGE_CLIENT, "redirect_uri": settings.DEMO_PAGE}
    return f"{_client()['issuer']}?{urlencode({**asked, 'scope': 'openid email'})}"


def sign_in(request: HttpRequest) -> HttpResponse:
    """The page that asks who somebody is, and sends them back with a code, an ID token or a refusal."""
    asked = request.GET
    client, target = asked.get("client_id", ""), asked.get("redirect_uri", "").partition("?")[0]
    if (client, target) not in _clients():
        raise Http404("No client of this provider asks that.")
    if request.method != "POST":
        return render(request, "example_project/provider.html")
    answer = {"error": "access_denied", "error_description": "You declined."}
    if "email" in request.POST and "decline" not in request.POST:
        answer = _answer(client, request.POST["email"], asked.get("nonce", ""))
    # Its page gets all in the fragment, which no server is told and no log keeps.
    mark = "#" if client == PAGE_CLIENT else "?"
    return redirect(f"{target}{mark}{urlencode({**answer, 'state': asked.get('state', '')})}")


@csrf_exempt  # another server asks, which has no cookie of ours
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Tokens for a code, or for a refresh token."""
    asked, client = request.POST, _client()
    if not constant_time_compare(asked.get("client_secret", ""), client["clientSecret"]):
        return JsonResponse({"error": "invalid_client"}, status=401)
    try:
        if asked.get("grant_type") == "refresh_token":
            email, nonce = signing.loads(asked.get("refresh_token", ""), salt=REFRESH_TOKENS), ""
        else:
            email, nonce = signing.loads(asked.get("code", ""), salt=CODES, max_age=SECONDS)
    except signing.BadSignature:
        return JsonResponse({"error": "invalid_grant"}, status=400)
    return JsonResponse(
        {
            "access_token": signing.dumps(email, salt=TOKENS),
            "token_type": "Bearer",
            "expires_in": SECONDS,
            "refresh_token": signing.dumps(email, salt=REFRESH_TOKENS),
            "id_token": _id_token(email, client["clientId"], nonce),
        }
    )


def profile(request: HttpRequest) -> HttpResponse:
    """Who an access token stands for."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        return JsonResponse(_claims(signing.loads(bearer, salt=TOKENS, max_age=SECONDS)))
    except signing.BadSignature:
        return JsonResponse({"error": "invalid_token"}, status=401)


def _clients() -> set[tuple[str, str]]:
    """Who may ask, each with the only address that people are sent back to."""
    callback = f"{settings.AUTH_SERVER_URL}/signin/provider/c:{SLUG}/callback"
    return {(_client()["clientId"], callback), (PAGE_CLIENT, settings.DEMO_PAGE)}


def _answer(client: str, email: str, nonce: str) -> dict[str, str]:
    if client == PAGE_CLIENT:
        return {"id_token": _id_token(email, client, nonce)}
    return {"code": signing.dumps([email, nonce], salt=CODES)}


def _id_token(email: str, audience: str, nonce: str) -> str:
    now = int(time.time())
    meant = {"iss": _client()["issuer"], "aud": audience, "iat": now, "exp": now + SECONDS}
    asked = {"nonce": nonce} if nonce else {}
    return jwt.encode({**meant, **asked, **_claims(email)}, _key(), algorithm="EdDSA", headers={"kid": KEY_ID})


def _claims(email: str) -> dict[str, Any]:
    subject = hashlib.sha256(email.encode()).hexdigest()[:20]
    return {"sub": subject, "email": email, "email_verified": True, "name": email.partition("@")[0]}


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(salted_hmac(KEY_ID, "key", algorithm="sha256").digest())


def _client() -> dict[str, Any]:
    """This server, as its settings name it to the provider; nobody where they leave the provider out."""
    found: dict[str, Any] | None = (conf.AUTH_PROVIDER_CUSTOM or {}).get(SLUG)
    if found is None or "issuer" not in found:
        raise Http404("The settings leave the demo's provider out.")
    return found
