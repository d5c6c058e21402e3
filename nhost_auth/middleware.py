"""Optional: bearer tokens in plain Django views, for `login_required`, `permission_required` and `request.user`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from nhost_auth.errors import Unauthorized
from nhost_auth.http import exceptions
from nhost_auth.http.authentication import BearerAuthentication

NO_STORE = {"Cache-Control": "no-store"}


class BearerMiddleware(MiddlewareMixin):
    """A request with our access token belongs to the token's user, one without stays with the session's.

    `request.user` is the host's user with `user.account` loaded, in one statement, `request.auth` the AccessToken; a
    guest of POST /signin/anonymous is a user too. A bad or expired token and a user who is gone, disabled or taken over
    are answered 401 with `WWW-Authenticate`, in the form of our endpoints: never as the session's user, never as
    nobody. REST framework's views, ours among them, are left alone: their authentication classes decide.

    It belongs above CsrfViewMiddleware and LoginRequiredMiddleware (check nhost_auth.E030) and under
    UpdateCacheMiddleware; AuthenticationMiddleware stays where it is. No CSRF token is asked for beside a good bearer
    token, as no other site can make a browser send one. Middleware that looks at `request.user` before the view is
    known sees the session's.
    """

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if _authenticates_by_itself(view):
            return None
        authentication = BearerAuthentication()
        try:
            found = authentication.authenticate(request)  # type: ignore[arg-type] # it reads nothing but META
        except AuthenticationFailed as error:
            body = exceptions.body(Unauthorized(str(error.detail["detail"])))  # type: ignore[index,call-overload]
            challenge = f'{authentication.authenticate_header(request)}, error="invalid_token"'
            return JsonResponse(body, status=401, headers={**NO_STORE, "WWW-Authenticate": challenge})
        if found is not None:
            _sign_in(request, *found)
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """One cache entry for each token: nothing else tells Django's cache whose page it is."""
        match = request.resolver_match
        if match is not None and not _authenticates_by_itself(match.func):
            patch_vary_headers(response, ["Authorization"])
        return response


def _authenticates_by_itself(view: Any) -> bool:
    found = getattr(view, "cls", None)
    return isinstance(found, type) and issubclass(found, APIView)


def _sign_in(request: Any, user: Any, token: Any) -> None:
    async def auser() -> Any:
        return user

    request.user, request.auser, request.auth = user, auser, token
    request._dont_enforce_csrf_checks = True  # noqa: SLF001 - the flag that Django's test client and decorators set
