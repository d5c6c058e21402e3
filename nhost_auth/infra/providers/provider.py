"""social-core's backends without sessions, storage and pipelines: one visit to a provider at a time.

A backend of the library knows a provider's URLs and its ways with tokens. Ours add what Nhost does differently, go
through our own door to the outside, and read the answers into an Identity. Nothing of the host's SOCIAL_AUTH_* is
looked at.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from social_core.backends.oauth import BaseOAuth2, OAuthAuth
from social_core.exceptions import AuthProviderError, AuthResponseError, SocialAuthBaseException
from social_core.strategy import BaseStrategy

from nhost_auth.conf import PROVIDER_SCOPES, conf
from nhost_auth.infra import outbound
from nhost_auth.infra.providers import callback_url
from nhost_auth.infra.providers.identity import CannotBegin, CannotExchange, Identity, NoProfile, Tokens

TIMEOUT_SECONDS = 10.0


class Visit(BaseStrategy[Any]):
    """What social-core asks of its host, for one step of one visit: the state is given, the memory is the caller's."""

    def __init__(self, state: str = "", memory: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.state = state
        self.memory = memory if memory is not None else {}

    def get_setting(self, name: str) -> Any:
        raise KeyError(name)

    def request_data(self, merge: bool = True) -> dict[str, Any]:
        return {}

    def build_absolute_uri(self, path: str | None = None) -> str:
        return path or ""

    def session_get(self, name: str, default: Any = None) -> Any:
        return self.memory.get(name, default)

    def session_set(self, name: str, value: Any) -> None:
        self.memory[name] = value

    def session_pop(self, name: str) -> Any:
        return self.memory.pop(name, None)


class Provider(OAuthAuth[Any], ABC):
    """What every provider has, OAuth 1 or 2."""

    slug: ClassVar[str]
    """In URLs."""
    link: ClassVar[str]
    """In the table of links: social-core's name where its user ids are the same as ours, so that links stay good."""
    settings: ClassVar[str]
    """In the names of settings: AUTH_PROVIDER_<this>_ENABLED."""

    def __init__(self, visit: Visit | None = None) -> None:
        super().__init__(visit or Visit(), redirect_uri=callback_url(self.slug))

    def option(self, name: str) -> Any:
        return getattr(conf, f"AUTH_PROVIDER_{self.settings}_{name}")

    def setting(self, name: str, default: Any = None) -> Any:
        return default

    def get_or_create_state(self) -> str:
        return self.strategy.state  # type: ignore[attr-defined,no-any-return]

    def request(
        self, url: str, *, method: str = "GET", timeout: Any = None, stage: Any = "user_info", **parts: Any
    ) -> Any:
        """An answer of the provider; no status but 200 is one. Raises social-core's errors."""
        try:
            answer = outbound.request(method, url, timeout=TIMEOUT_SECONDS, **parts)
        except outbound.OutboundError as error:
            raise AuthProviderError(self, code="connection_failed", stage=stage) from error
        if answer.status != 200:
            raise AuthProviderError(self, status_code=answer.status, stage=stage)
        return answer

    def begin(self, extra: Mapping[str, str]) -> str:
        """Where the browser goes to sign in; `extra` parameters come from the front end. Raises CannotBegin."""
        try:
            return self.sign_in_page(extra)
        except SocialAuthBaseException as error:
            raise CannotBegin(type(error).__name__) from error

    @abstractmethod
    def sign_in_page(self, extra: Mapping[str, str]) -> str: ...

    @abstractmethod
    def finish(self, answer: Mapping[str, str]) -> tuple[Identity, Tokens]:
        """Who came back with `answer`, the callback's parameters. Raises CannotExchange, NoProfile."""

    @abstractmethod
    def renew(self, refresh_token: str) -> Tokens:
        """New tokens for a refresh token. Raises CannotExchange."""


class OAuth2Provider(Provider, BaseOAuth2[Any], ABC):
    """A provider of OAuth 2, without PKCE towards it, as at Nhost (identity.md 4.1)."""

    REDIRECT_STATE = False
    STATE_PARAMETER = True
    SCOPE_SEPARATOR = " "
    PROFILE_URL: ClassVar[str] = ""
    EXTRA: ClassVar[Mapping[str, str]] = {}
    """Further parameters of the sign-in page."""

    def get_key_and_secret(self) -> tuple[str, str]:
        return self.option("CLIENT_ID"), self.option("CLIENT_SECRET")

    def get_scope(self) -> list[str]:
        return list(self.option("SCOPE") or PROVIDER_SCOPES[self.settings].split(","))

    def sign_in_page(self, extra: Mapping[str, str]) -> str:
        # Not social-core's auth_url: it takes escapes out again, which lets a value add parameters of its own.
        parameters = {
            **self.EXTRA,
            **extra,
            **self.auth_params(self.get_or_create_state()),
            **self.get_scope_argument(),
        }
        base, _, query = self.authorization_url().partition("?")
        return f"{base}?{urlencode({**dict(parse_qsl(query)), **parameters})}"

    def finish(self, answer: Mapping[str, str]) -> tuple[Identity, Tokens]:
        try:
            found = self._exchange(answer.get("code", ""))
            access_token = self.get_access_token(found)
        except (SocialAuthBaseException, ValueError) as error:
            raise CannotExchange(type(error).__name__) from error
        try:
            identity = self.identify(access_token, found, answer)
        except (SocialAuthBaseException, ValueError, TypeError, LookupError, AttributeError) as error:
            raise NoProfile(type(error).__name__) from error
        return identity, _tokens(found)

    def renew(self, refresh_token: str) -> Tokens:
        try:
            return _tokens(self.refresh_token(refresh_token))
        except (SocialAuthBaseException, ValueError) as error:
            raise CannotExchange(type(error).__name__) from error

    def refresh_token_auth(self) -> Any:
        return self.auth_complete_credentials()

    def get_access_token(self, response: dict[str, Any]) -> str:
        token: str = super().get_access_token(response)
        if not _is_sendable(token):
            raise AuthResponseError(self, code="malformed_response", stage="token_exchange")
        return token

    def _exchange(self, code: str) -> dict[str, Any]:
        self.data = {"code": code}
        parameters = self.auth_complete_params()
        by_query = self.ACCESS_TOKEN_METHOD == "GET"
        return self.request_access_token(
            self.access_token_url(),
            method=self.ACCESS_TOKEN_METHOD,
            headers=self.auth_headers(),
            auth=self.auth_complete_credentials(),
            **{"params" if by_query else "data": parameters},
        )

    def identify(self, access_token: str, found: dict[str, Any], answer: Mapping[str, str]) -> Identity:
        """Who it is, by the profile; providers that put it elsewhere override this."""
        return self.read(self.user_data(access_token))

    def user_data(self, access_token: str, *_args: Any, **_kwargs: Any) -> Any:
        return self.fetch(self.PROFILE_URL, access_token)

    def fetch(self, url: str, access_token: str, **headers: str) -> Any:
        accept = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        return self.get_json(url, headers={**accept, **headers})

    def read(self, profile: Any) -> Identity:
        """The identity in a profile (identity.md 4.5)."""
        raise NotImplementedError


def _is_sendable(token: Any) -> bool:
    """Whether it has the letters of a token, which fit in headers and in our answers (RFC 6749, appendix A.12)."""
    return isinstance(token, str) and token.isascii() and token.isprintable()


def _tokens(found: Mapping[str, Any]) -> Tokens:
    expires_in = found.get("expires_in")
    try:
        seconds = int(expires_in) if isinstance(expires_in, int | float | str) else 0
    except (ValueError, OverflowError):
        seconds = 0
    refresh_token: Any = found.get("refresh_token")
    return Tokens(
        access_token=str(found["access_token"]),
        expires_in=max(seconds, 0),
        refresh_token=refresh_token if _is_sendable(refresh_token) else "",
    )
