"""The base of every ViewSet: the order of checks, once (accounts.md 1.1).

A subclass declares its stories; a story takes validated keyword arguments and returns a payload or raises an error.
Nothing of the host's REST_FRAMEWORK settings is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.signals import got_request_exception
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.decorators import classonlymethod
from django.utils.log import log_response
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.viewsets import ViewSet

from nhost_auth.conf import conf
from nhost_auth.errors import AuthError, InternalServerError, InvalidEmailPassword, RequestFault
from nhost_auth.flows import audit, policy
from nhost_auth.flows.access_tokens import AccessToken
from nhost_auth.flows.sessions import Client
from nhost_auth.http import answers, cors, exceptions, rate_limits
from nhost_auth.http.bodies import read_form, read_json
from nhost_auth.http.client_address import client_address
from nhost_auth.http.guards import Guard
from nhost_auth.http.inputs import Input, Query
from nhost_auth.http.payloads import OK, as_response
from nhost_auth.http.turnstile import ensure_human
from nhost_auth.infra.database import is_orphaned
from nhost_auth.infra.rate_limits import TooManyRequests
from nhost_auth.logs.calls import Call
from nhost_auth.logs.redaction import redact_crash

NO_SUCH_METHOD = "no_such_method"


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """What a reviewer wants to know of one method of an endpoint before reading it."""

    operation: str = ""
    """Its name in the OpenAPI schema: that of Nhost's client where that has one."""
    guard: Guard | None = None
    turnstile: bool = False
    """Whether Turnstile is asked before anything else, where AUTH_TURNSTILE_SECRET is set."""
    toggles: tuple[str, ...] = ()
    """Settings it stands behind, asked in this order once the request is well-formed."""
    request: type[Input] | None = None
    request_optional: bool = False
    query: type[Query] | None = None
    form: type[Query] | None = None
    """Of a browser that was sent here by somebody else's page."""
    exists_with: str = ""
    """A setting without which there is no such method."""
    limits: tuple[str, ...] = ()
    """Buckets of http/rate_limits.py that it counts in beside `global`."""
    sends: bool = False
    """Whether a message leaves for an address, and with AUTH_CONCEAL_ACCOUNTS nothing is told of whose it is."""
    takes_code: bool = False
    """A one-time code is tried here, which nobody may do while attempts cannot be counted."""
    hashes: bool = False
    """A password, or a recovery code, is hashed here, which has to wait for its turn."""
    answer: Any = answers.OK
    """The type of what it answers when all is well: one of http/answers.py, a Redirect, a Page, or None."""
    status: int = 200
    """Of that answer, where it is JSON."""
    errors: tuple[type[AuthError], ...] = ()
    """How it may end otherwise, beside what the lines above imply (http/refusals.py)."""


class Endpoint(ViewSet):
    stories: ClassVar[Mapping[str, Story]] = {}

    authentication_classes: Any = ()
    permission_classes: Any = ()
    throttle_classes: Any = ()
    parser_classes: Any = ()
    renderer_classes: Any = ()
    content_negotiation_class = BaseContentNegotiation
    versioning_class = None
    schema: Any = None
    """http/openapi/spectacular.py has one, where the host has installed drf-spectacular."""

    statuses: ClassVar[Mapping[type[AuthError], int]] = {}
    """Statuses of errors where they differ from Nhost's."""
    told_as: ClassVar[Mapping[type[AuthError], type[AuthError]]] = {}
    """Errors in whose place others are told, where callers expect the words of another standard."""

    call: Call
    """What the log tells of this request."""
    client: Client
    """Who asks, for the list of a user's sessions and the audit trail."""
    token: AccessToken | None = None
    """The access token that the story's guard let through."""
    error_target: str | None = None
    """Where errors are told in a redirect from now on; None: as JSON."""

    @classonlymethod
    def as_view(cls, actions: dict[str, str] | None = None, **initkwargs: Any) -> Any:  # type: ignore[override] # noqa: N805
        """As DRF's. A HEAD is no GET unless the map says so: mail scanners would use up links by it."""
        view = super().as_view({"head": NO_SUCH_METHOD, **(actions or {})}, **initkwargs)
        # A host's ATOMIC_REQUESTS would undo what an error answer has to keep: spent tickets, counted guesses.
        for alias in connections:
            transaction.non_atomic_requests(using=alias)(view)
        return view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.args, self.kwargs, self.headers = args, kwargs, {}
        self.call = Call(request)
        self.request: Any = self.initialize_request(request, *args, **kwargs)
        device = self.request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:255]
        self.client = Client(ip=client_address(self.request._request), device=device)
        with audit.acting(ip=self.client.ip, agent=self.client.device):
            try:
                response = self._tell_story()
            except Exception as error:
                response = self.handle_exception(error)
        self._finish(response)
        self.call.end(response, self.client.ip)
        return response

    def _tell_story(self) -> HttpResponse:
        if self.request.method == "OPTIONS":
            return HttpResponse(status=204)
        story = self.stories.get(self.action or NO_SUCH_METHOD)
        if conf.AUTH_TURNSTILE_SECRET and story is not None and story.turnstile:
            ensure_human(self.request)
        if conf.AUTH_RATE_LIMIT_ENABLE:
            rate_limits.ensure_allowed(self.client.ip, story)
        if story is None or (story.exists_with and not getattr(conf, story.exists_with)):
            return self.no_such_method()
        if story.guard is not None:
            self.token = story.guard(self.request)
        arguments = story.query.read(self.request.GET) if story.query else {}
        if story.form is not None:
            arguments |= story.form.read(read_form(self.request._request))
        if story.request is not None:
            arguments |= story.request.read(read_json(self.request._request, optional=story.request_optional))
        if conf.AUTH_RATE_LIMIT_ENABLE:
            rate_limits.ensure_recipient_allowed(story, arguments)
        for toggle in story.toggles:
            policy.ensure_open(toggle)
        return as_response(getattr(self, self.action)(**self.kwargs, **arguments), story.status)

    def no_such_method(self) -> HttpResponse:
        return HttpResponse("404 page not found", status=404, content_type="text/plain")

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        if isinstance(exc, TooManyRequests):
            return HttpResponse(status=exc.status, headers={"Retry-After": str(exc.retry_after)})
        if is_orphaned(exc):
            exc = InvalidEmailPassword()  # the account was erased while it signed in or asked for something
        if not isinstance(exc, AuthError):
            return self._crash(exc)
        self.call.errors.append(exc.code)
        if exc.audited:
            audit.refused(exc.code, f"{type(self).__module__.rpartition('.')[2]}.{self.action}")
        story = self.stories.get(self.action or NO_SUCH_METHOD)
        if story is not None and story.sends and exceptions.untold(exc):
            return as_response(OK)
        return self._render(exceptions.concealed(exc))

    def _render(self, error: AuthError) -> HttpResponse:
        error = self._told(error)
        if self.error_target is not None:
            return as_response(exceptions.redirect(error, self.error_target))
        body, status = exceptions.body(error), self.statuses.get(type(error), error.status)
        return as_response(body | {"status": status} if "status" in body else body, status)

    def _told(self, error: AuthError) -> AuthError:
        kind = self.told_as.get(type(error))
        if kind is None:
            return error
        return kind(error.reason) if isinstance(error, RequestFault) else kind()

    def _crash(self, exc: Exception) -> HttpResponse:
        """500 in the API's own shape; reported as Django reports an uncaught exception, but without secrets."""
        self.call.errors.append(type(exc).__name__)
        redact_crash(self.request._request, exc)
        got_request_exception.send(sender=type(self), request=self.request._request)
        response = self._render(InternalServerError())
        log_response(
            "Internal Server Error: %s",
            self.request.path,
            response=response,
            request=self.request._request,
            exception=exc,
        )
        return response

    def _finish(self, response: HttpResponse) -> None:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        patch_vary_headers(response, ["Origin", "Access-Control-Request-Method"])
        origin = self.request.META.get("HTTP_ORIGIN")
        if origin and cors.allows(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Credentials"] = "true"
            if self.request.method == "OPTIONS":
                self._answer_preflight(response)

    def _answer_preflight(self, response: HttpResponse) -> None:
        response.headers["Access-Control-Allow-Methods"] = ", ".join(self._methods())
        response.headers["Access-Control-Max-Age"] = "86400"
        wanted = self.request.META.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS")
        if wanted:
            response.headers["Access-Control-Allow-Headers"] = wanted

    def _methods(self) -> list[str]:
        """What browsers may send from other origins: Nhost's answer, and the methods of ours beyond it."""
        return ["POST", "GET", *(name.upper() for name in self.action_map if name in ("patch", "delete"))]

    @property
    def access_token(self) -> AccessToken:
        """The bearer's token, for stories whose guard demands one."""
        assert self.token is not None, "this story's guard lets requests without a token in"  # noqa: S101
        return self.token
