"""Providers of a project's own, by AUTH_PROVIDER_CUSTOM: OpenID Connect or plain OAuth 2 (identity.md 4.5)."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from social_core.backends.oauth import BaseOAuth2
from social_core.backends.open_id_connect import OpenIdConnectAuth
from social_core.exceptions import AuthResponseError, SocialAuthBaseException

from nhost_auth.conf import conf
from nhost_auth.infra import id_tokens
from nhost_auth.infra.id_tokens import Issuer
from nhost_auth.infra.key_sets import KeysUnavailable
from nhost_auth.infra.providers.identity import CannotExchange, Identity, NoProfile, Tokens, exact, text
from nhost_auth.infra.providers.provider import OAuth2Provider, Visit

PREFIX = "c:"
SLUG = re.compile("[a-z0-9][a-z0-9-]{0,38}[a-z0-9]")
MAX_LINK = 32
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
CLAIMS = {"id": "sub", "email": "email", "emailVerified": "email_verified", "name": "name", "picture": "picture"}
REQUIRED = {"oidc": {"issuer"}, "oauth2": {"authorizationUrl", "tokenUrl", "userinfoUrl"}}
OPTIONAL = {"oidc": {"discoveryUrl", "scopes", "audiences", "disableNonce"}, "oauth2": {"scopes", "claims"}}
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
"""What a discovery document has to tell us; `userinfo_endpoint` it may."""


@dataclass(frozen=True)
class Entry:
    """One good member of the setting."""

    slug: str
    kind: str
    options: Mapping[str, Any] = field(hash=False)


def link_of(slug: str) -> str:
    """The name in the table of links, whose column is short: a long one is told by its digest."""
    return slug if len(slug) <= MAX_LINK else f"{PREFIX}{hashlib.sha256(slug.encode()).hexdigest()[:30]}"


def entries() -> dict[str, Entry]:
    """The good members of the setting by their names in URLs."""
    configured = conf.AUTH_PROVIDER_CUSTOM or {}
    return {
        PREFIX + slug: Entry(slug, options["type"], options)
        for slug, options in configured.items()
        if not fault_of(slug, options)
    }


def faults() -> Iterator[str]:
    """What is wrong with the setting; a member at fault is left out."""
    for slug, options in (conf.AUTH_PROVIDER_CUSTOM or {}).items():
        fault = fault_of(slug, options)
        if fault:
            yield f"AUTH_PROVIDER_CUSTOM: {slug} {fault}"


def fault_of(slug: Any, options: Any) -> str:
    """What is wrong with one member; nothing: empty."""
    kind = options.get("type") if isinstance(options, Mapping) else None
    if not isinstance(slug, str) or not SLUG.fullmatch(slug):
        return "is no name of two to forty lower-case letters, digits and dashes"
    if not isinstance(kind, str) or kind not in REQUIRED:
        return "has a type that is neither oidc nor oauth2"
    required = {"type", "clientId", "clientSecret", *REQUIRED[kind]}
    if missing := sorted(name for name in required if not isinstance(options.get(name), str) or not options[name]):
        return f"lacks {', '.join(missing)}"
    if unknown := sorted(map(str, set(options) - required - OPTIONAL[kind])):
        return f"has members nobody knows: {', '.join(unknown)}"
    if odd := sorted(name for name in OPTIONAL[kind] & set(options) if not _is_of_its_kind(name, options[name])):
        return f"has members of the wrong type: {', '.join(odd)}"
    if not all(_is_safe(options[name]) for name in (*REQUIRED[kind], "discoveryUrl") if name in options):
        return "has an address that does not begin with https://"
    return ""


def _is_of_its_kind(name: str, value: Any) -> bool:
    """Text in the place of a list would be taken apart into letters, `"false"` for true."""
    if name in ("scopes", "audiences"):
        return isinstance(value, list | tuple) and all(isinstance(item, str) and item for item in value)
    if name == "claims":
        return isinstance(value, Mapping) and set(value) <= set(CLAIMS) and all(map(_is_text, value.values()))
    return isinstance(value, bool) if name == "disableNonce" else _is_text(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_safe(url: str) -> bool:
    """Whether calls are encrypted, or stay behind the firewall by the host's settings."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or parts.hostname in conf.AUTH_OUTBOUND_PRIVATE_HOSTS


def accepted(slug: str) -> tuple[Issuer, list[str]] | None:
    """Whose ID tokens apps may bring for a provider, and for which audiences. Raises KeysUnavailable."""
    entry = entries().get(slug)
    audience = list(entry.options.get("audiences") or ()) if entry and entry.kind == "oidc" else []
    if entry is None or not audience:
        return None
    provider = CustomOidc(entry)
    try:
        return provider.issuer(), audience
    except SocialAuthBaseException as error:
        raise KeysUnavailable(slug) from error


class CustomProvider(OAuth2Provider):
    """`slug`, `link` and the rest come from the setting, so they belong to the object and not to its class."""

    def __init__(self, entry: Entry, visit: Visit | None = None) -> None:
        self.entry = entry
        self.slug, self.link = PREFIX + entry.slug, link_of(PREFIX + entry.slug)  # type: ignore[misc]
        self.name = self.link
        super().__init__(visit)

    def option(self, name: str) -> Any:
        if name == "ENABLED":
            return True
        return self.entry.options["clientId" if name == "CLIENT_ID" else "clientSecret"]


class CustomOAuth2(CustomProvider):
    def get_scope(self) -> list[str]:
        return list(self.entry.options.get("scopes") or ())

    def authorization_url(self) -> str:
        return str(self.entry.options["authorizationUrl"])

    def access_token_url(self) -> str:
        return str(self.entry.options["tokenUrl"])

    def user_data(self, access_token: str, *_args: Any, **_kwargs: Any) -> Any:
        return self.fetch(self.entry.options["userinfoUrl"], access_token)

    def read(self, profile: Any) -> Identity:
        names = {**CLAIMS, **(self.entry.options.get("claims") or {})}
        return Identity(
            self.link,
            exact(profile[names["id"]]),
            email=text(profile.get(names["email"])),
            email_verified=profile.get(names["emailVerified"]) is True,
            name=text(profile.get(names["name"])),
            picture=text(profile.get(names["picture"])),
            links_by_email=False,
        )


class CustomOidc(CustomProvider, OpenIdConnectAuth[Any]):
    """social-core discovers the endpoints; the ID token is checked as those of Apple and Google are."""

    USE_NONCE = False  # social-core's nonces live in its own table; ours in the memory of the visit

    def get_scope(self) -> list[str]:
        return list(dict.fromkeys(["openid", *(self.entry.options.get("scopes") or ("email", "profile"))]))

    def oidc_config_url(self) -> str:
        issuer = self.entry.options["issuer"].rstrip("/")
        return str(self.entry.options.get("discoveryUrl") or f"{issuer}/.well-known/openid-configuration")

    def oidc_config(self) -> dict[str, Any]:
        """The discovery document; only one of the configured issuer counts, and it must not lead us off HTTPS."""
        found = super().oidc_config()
        called = [found.get(name) for name in ENDPOINTS]
        called += [found["userinfo_endpoint"]] if "userinfo_endpoint" in found else []
        good = found.get("issuer") == self.entry.options["issuer"]
        if not good or not all(isinstance(url, str) and _is_safe(url) for url in called):
            self.get_openid_configuration.invalidate(self, self.oidc_config_url())
            raise AuthResponseError(self, code="malformed_response", stage="begin")
        return found

    def request_access_token(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        # Past social-core's own look at the ID token, for the same reason.
        return BaseOAuth2.request_access_token(self, *args, **kwargs)

    def refresh_token_params(self, token: str, *args: Any, **kwargs: Any) -> dict[str, str]:
        """A client names itself in one way only (RFC 6749, section 2.3)."""
        parameters = BaseOAuth2.refresh_token_params(self, token, *args, **kwargs)
        named = () if self.use_basic_auth() else ("client_id", "client_secret")
        return {name: parameters[name] for name in ("grant_type", "refresh_token", *named)}

    def process_refresh_token_response(self, response: Any, *args: Any, **kwargs: Any) -> Any:
        return BaseOAuth2.process_refresh_token_response(self, response, *args, **kwargs)

    def sign_in_page(self, extra: Mapping[str, str]) -> str:
        if self.entry.options.get("disableNonce"):
            return super().sign_in_page(extra)
        nonce = secrets.token_hex(32)
        self.strategy.session_set("nonce", nonce)
        return super().sign_in_page({**extra, "nonce": hashlib.sha256(nonce.encode()).hexdigest()})

    def finish(self, answer: Mapping[str, str]) -> tuple[Identity, Tokens]:
        """As of any provider; who says that somebody else sent the browser back gets no code (RFC 9207)."""
        if answer.get("iss") not in (None, self.entry.options["issuer"]):
            raise CannotExchange("the answer is of another issuer")
        return super().finish(answer)

    def issuer(self) -> Issuer:
        """Whose ID tokens they are. Raises social-core's errors where discovery fails."""
        return Issuer(
            self.link,
            self.entry.options["issuer"],
            self.jwks_uri(),
            ALGORITHMS,
            email_required=False,
            links_by_email=False,
        )

    def identify(self, access_token: str, found: dict[str, Any], answer: Mapping[str, str]) -> Identity:
        issuer = self.issuer()
        nonce = self.strategy.session_get("nonce")
        token = found.get("id_token")
        try:
            claims = id_tokens.verify(
                token if isinstance(token, str) else "", issuer, [self.option("CLIENT_ID")], nonce
            )
            if nonce and "nonce" not in claims:
                raise NoProfile("the nonce is missing")
            if not claims.get("email"):
                claims |= self._userinfo(access_token, claims.get("sub"))
            return id_tokens.read(claims, issuer)
        except (id_tokens.InvalidIdToken, KeysUnavailable) as error:
            raise NoProfile(type(error).__name__) from error

    def _userinfo(self, access_token: str, subject: Any) -> dict[str, Any]:
        """The address where the token names none; the answer has to be about the same person."""
        profile = self.fetch(self.userinfo_url(), access_token)
        if profile.get("sub") != subject:
            raise NoProfile("the profile is of somebody else")
        return {name: profile.get(name) for name in ("email", "email_verified")}
