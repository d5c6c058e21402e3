"""What the played providers have in common: OAuth 2 from the provider's side."""

from __future__ import annotations

import base64
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.internet import Internet, json
from tests.tls_proxy import Asked, Told

SECRET = "s3cret/+&= %"
"""Of every client: what encodes badly shows."""


@dataclass(frozen=True)
class Person:
    """Who somebody is by the table of identity.md 4.5."""

    user_id: str
    name: str
    email: str | None
    avatar: str | None = None


class Played:
    """One provider, for one test. Whatever it demands and does not get, it refuses as it would in life."""

    slug: ClassVar[str]
    link: ClassVar[str]
    """How the table of links calls it."""
    setting: ClassVar[str]
    page: ClassVar[str]
    token_url: ClassVar[str]
    profile_url: ClassVar[str]
    scope: ClassVar[str]
    extra: ClassVar[dict[str, str]] = {}
    """Further parameters that its page has to get."""
    person: ClassVar[Person]
    shape: ClassVar[dict[str, Any]]
    """A profile."""
    tokens: ClassVar[dict[str, Any]] = {"token_type": "Bearer", "expires_in": 3600}
    """What stands beside the access token."""
    refreshes: ClassVar[bool] = True
    basic: ClassVar[bool] = False
    """Whether the client has to name itself in the Authorization header."""
    posts: ClassVar[bool] = False
    """Whether the browser comes back with a form."""
    id_key: ClassVar[str] = "id"
    signal: ClassVar[str] = ""
    """The member of a profile, or of its address, that says whether the address is verified."""
    needs_email: ClassVar[bool] = False
    """Whether a person without an address is none."""

    def __init__(self, internet: Internet, settings: Any) -> None:
        self.internet = internet
        self.callback = f"{settings.AUTH_SERVER_URL.rstrip('/')}/signin/provider/{self.slug}/callback"
        self.profile: dict[str, Any] = deepcopy(self.shape)
        self.refuses = False
        self.codes: dict[str, str] = {}
        self.access_tokens: list[str] = []
        self.refresh_tokens: list[str] = []
        self.switch_on(settings)
        self.open()

    @property
    def client_id(self) -> str:
        return f"{self.slug} client"

    def switch_on(self, settings: Any) -> None:
        for name, value in {"ENABLED": True, "CLIENT_ID": self.client_id, "CLIENT_SECRET": SECRET}.items():
            setattr(settings, f"AUTH_PROVIDER_{self.setting}_{name}", value)

    def open(self) -> None:
        """Put its pages on the internet."""
        self.internet.play("GET", *place(self.page), self.show_page)
        self.internet.play("POST", *place(self.token_url), self.give_tokens)
        self.internet.play("GET", *place(self.profile_url), self.give_profile)

    # The person in front of the page.

    def consent(self, url: str) -> dict[str, str]:
        """What the browser comes back with from a sign-in page."""
        told = self.internet.browse(url)
        assert told.status == 302, told.body.decode()
        target, _, query = told.headers["Location"].partition("?")
        assert target == self.callback
        return dict(parse_qsl(query, keep_blank_values=True))

    def show_page(self, asked: Asked) -> Told:
        query = asked.query
        if (query.get("client_id"), query.get("redirect_uri")) != (self.client_id, self.callback):
            return Told(400, b"unknown client")
        if query.get("response_type") != "code":
            return Told(400, b"unsupported response type")
        answer = self.refusal() if self.refuses else {"code": self.new_code(query["redirect_uri"])}
        return Told(
            302, headers={"Location": f"{query['redirect_uri']}?{urlencode({**answer, 'state': query['state']})}"}
        )

    def refusal(self) -> dict[str, str]:
        return {"error": "access_denied", "error_description": "The user denied you", "error_uri": "https://e.example"}

    def new_code(self, redirect_uri: str) -> str:
        code = f"{self.slug}-code-{len(self.codes)}/+="
        self.codes[code] = redirect_uri
        return code

    # The server behind it.

    def give_tokens(self, asked: Asked) -> Told:
        form = asked.form
        if not self.knows_client(asked):
            return self.fault("invalid_client", 401)
        if form.get("grant_type") == "refresh_token" and self.refreshes:
            good = form.get("refresh_token") in self.refresh_tokens
        else:
            redirect_uri = self.codes.pop(form.get("code", ""), None)
            good = form.get("grant_type") == "authorization_code" and form.get("redirect_uri") == redirect_uri
        return self.issue() if good else self.fault("invalid_grant")

    def knows_client(self, asked: Asked) -> bool:
        in_body = tuple(asked.form.get(name) for name in ("client_id", "client_secret"))
        if self.basic:
            told = base64.b64encode(f"{self.client_id}:{SECRET}".encode()).decode()
            known = asked.headers.get("authorization") == f"Basic {told}"
            return known and in_body in ((None, None), (self.client_id, SECRET))
        return in_body == (self.client_id, SECRET)

    def issue(self) -> Told:
        self.access_tokens.append(f"{self.slug}-access-{len(self.access_tokens)}")
        return json({"access_token": self.access_tokens[-1], **self.tokens, **self.refresh_token()})

    def refresh_token(self) -> dict[str, str]:
        if not self.refreshes:
            return {}
        self.refresh_tokens.append(f"{self.slug}-refresh-{len(self.refresh_tokens)}")
        return {"refresh_token": self.refresh_tokens[-1]}

    def fault(self, code: str, status: int = 400) -> Told:
        return json({"error": code, "error_description": "What was sent is not good."}, status)

    def give_profile(self, asked: Asked) -> Told:
        return json(self.profile) if self.knows_bearer(asked) else json({"message": "Unauthorized"}, 401)

    def knows_bearer(self, asked: Asked) -> bool:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        return (scheme, asked.headers.get("accept")) == ("Bearer", "application/json") and token in self.access_tokens

    # What tests change about the person.

    def become(self, user_id: Any) -> None:
        """Be somebody else."""
        self.profile[self.id_key] = user_id

    def verify(self, value: Any) -> None:
        """Let the provider say this of the address."""
        self.profile[self.signal] = value

    def leave_verified_out(self) -> None:
        del self.profile[self.signal]

    def move(self, email: str | None) -> None:
        """Let the person have another address, or none."""
        self.profile["email"] = email


def place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc, parts.path
