"""A social provider for the demo: it believes whoever says that an address is theirs. Plain OAuth 2 (RFC 6749).

It remembers nothing: its codes and tokens are what they stand for, signed.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from nhost_auth.conf import conf

SLUG = "demo-provider"
CODES, TOKENS = "example_project.provider.codes", "example_project.provider.tokens"
SECONDS = 300


def sign_in(request: HttpRequest) -> HttpResponse:
    """The page that asks who somebody is, and sends them back with a code or a refusal."""
    callback = f"{settings.AUTH_SERVER_URL}/signin/provider/c:{SLUG}/callback"
    asked = request.GET
    if asked.get("client_id") != _client()["clientId"] or asked.get("redirect_uri", "").partition("?")[0] != callback:
        raise Http404("No client of this provider asks that.")
    if request.method != "POST":
        return render(request, "example_project/provider.html")
    answer = {"error": "access_denied", "error_description": "You declined."}
    if "email" in request.POST and "decline" not in request.POST:
        answer = {"code": signing.dumps(request.POST["email"], salt=CODES)}
    return redirect(f"{callback}?{urlencode({**answer, 'state': asked.get('state', '')})}")


@csrf_exempt  # another server asks, which has no cookie of ours
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """An access token for a code."""
    if not constant_time_compare(request.POST.get("client_secret", ""), _client()["clientSecret"]):
        return JsonResponse({"error": "invalid_client"}, status=401)
    try:
        email = signing.loads(request.POST.get("code", ""), salt=CODES, max_age=SECONDS)
    except signing.BadSignature:
        return JsonResponse({"error": "invalid_grant"}, status=400)
    access_token = signing.dumps(email, salt=TOKENS)
    return JsonResponse({"access_token": access_token, "token_type": "Bearer", "expires_in": SECONDS})


def profile(request: HttpRequest) -> HttpResponse:
    """Who an access token stands for."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        email = signing.loads(bearer, salt=TOKENS, max_age=SECONDS)
    except signing.BadSignature:
        return JsonResponse({"error": "invalid_token"}, status=401)
    subject = hashlib.sha256(email.encode()).hexdigest()[:20]
    return JsonResponse({"sub": subject, "email": email, "email_verified": True, "name": email.partition("@")[0]})


def _client() -> dict[str, Any]:
    """Its only client, which is this server; nobody where the settings leave the provider out."""
    found: dict[str, Any] | None = (conf.AUTH_PROVIDER_CUSTOM or {}).get(SLUG)
    if found is None:
        raise Http404("The settings leave the demo's provider out.")
    return found
