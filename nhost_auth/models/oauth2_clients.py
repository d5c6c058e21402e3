"""Applications that sign people in through this server (RFC 6749 section 2; identity.md 7.1)."""

from __future__ import annotations

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from nhost_auth.conf import conf
from nhost_auth.infra.crypto import digest
from nhost_auth.infra.deadlocks import one_transaction
from nhost_auth.models.accounts import Account
from nhost_auth.models.exact_text import ExactCharField

SCOPES = ("openid", "profile", "email", "phone", "offline_access", "graphql")
ROLE_SCOPE = re.compile(r"graphql:role:[a-zA-Z0-9_:.-]+")
LONGEST_LIFETIME = 315_360_000
"""Of tokens, in seconds: ten years."""
BCRYPT_MAX_BYTES = 72
DEFAULT_GRANT_TYPES = ("authorization_code",)
"""Of an application that names none (RFC 7591 section 2)."""
LOOPBACK = ("127.0.0.1", "[::1]")


def is_scope(name: str) -> bool:
    """Whether there is such a scope at all."""
    return name in SCOPES or ROLE_SCOPE.fullmatch(name) is not None


def new_client_id() -> str:
    return f"nhoa_{secrets.token_hex(8)}"


def default_scopes() -> list[str]:
    return list(SCOPES)


class OAuth2ClientManager(models.Manager["OAuth2Client"]):
    def longest_access_token(self) -> int:
        """How long an access token may live at most, in seconds."""
        longest = self.aggregate(longest=models.Max("access_token_lifetime"))["longest"]
        return max(conf.AUTH_OAUTH2_PROVIDER_ACCESS_TOKEN_TTL, longest or 0)

    @one_transaction
    def keep_document(self, url: str, **values: Any) -> OAuth2Client | None:
        """The client of a document that has just been fetched, with these columns.

        A filtered UPDATE and a unique key decide: a client that was registered under this id stays as it is, and is
        returned. None where a row went away meanwhile.
        """
        now = timezone.now()
        values |= {"secret_hash": "", "fetched_at": now, "updated_at": now}
        documents = self.filter(pk=url, kind=OAuth2Client.Kind.DOCUMENT)
        if not documents.update(**values):
            try:
                with transaction.atomic():
                    self.create(client_id=url, kind=OAuth2Client.Kind.DOCUMENT, **values)
            except IntegrityError:
                documents.update(**values)  # another request was first
        return self.filter(pk=url).first()


class OAuth2Client(models.Model):
    class Kind(models.TextChoices):
        REGISTERED = "registered"
        DOCUMENT = "client_id_metadata_document"
        DYNAMIC = "dynamic"

    client_id = ExactCharField(max_length=512, primary_key=True, default=new_client_id)
    name = models.CharField(max_length=200, blank=True, default="")
    secret_hash = models.CharField(max_length=128, blank=True, default="", editable=False)
    """Of a secret of ours its SHA-256: 256 random bits need no stretching. Imported ones are hashes as of passwords."""
    kind = models.CharField(max_length=27, choices=Kind.choices, default=Kind.REGISTERED, editable=False)
    redirect_uris = models.JSONField(default=list)
    post_logout_redirect_uris = models.JSONField(default=list, blank=True)
    scopes = models.JSONField(default=default_scopes)
    access_token_lifetime = models.PositiveIntegerField(null=True, blank=True)
    refresh_token_lifetime = models.PositiveIntegerField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OAuth2ClientManager()

    class Meta:
        verbose_name = "OAuth2 client"

    def __str__(self) -> str:
        return self.name or self.client_id

    @property
    def is_public(self) -> bool:
        """Whether it can keep no secret: an app on somebody's device, or a page in a browser."""
        return not self.secret_hash

    def renew_secret(self) -> str:
        """A new secret, which is kept only as a hash; the row is not saved."""
        secret = secrets.token_urlsafe(32)
        self.secret_hash = digest(secret)
        return secret

    def has_secret(self, secret: str) -> bool:
        if "$" in self.secret_hash:
            # bcrypt takes no more, and raises.
            return len(secret.encode()) <= BCRYPT_MAX_BYTES and check_password(secret, self.secret_hash)
        return constant_time_compare(self.secret_hash, digest(secret))

    def allows_redirect(self, uri: str) -> bool:
        """Whether a redirect URI is registered, letter by letter (RFC 9700 section 4.1.3).

        Programs on somebody's device listen at a port they cannot know before: where a loopback address is registered
        without one, any will do (RFC 8252 section 7.3).
        """
        return uri in self.redirect_uris or _without_loopback_port(uri) in self.redirect_uris

    def allows_grant(self, grant_type: str) -> bool:
        """Whether it may use a grant type: what no operator has registered has to have said so (RFC 7591 section 2)."""
        said = (self.metadata or {}).get("grant_types", DEFAULT_GRANT_TYPES)
        return self.kind == self.Kind.REGISTERED or grant_type in said

    def allows_scope(self, scope: str) -> bool:
        return scope in self.scopes or ("graphql" in self.scopes and ROLE_SCOPE.fullmatch(scope) is not None)


def _without_loopback_port(uri: str) -> Any:
    found = re.match(r"http://(?:127\.0\.0\.1|\[::1\])(:[0-9]{1,5})(?=[/?]|$)", uri)
    return uri.replace(found[1], "", 1) if found else None


def redirect_uri_fault(uri: str) -> str:
    """What is wrong with a redirect URI that somebody wants to register; nothing for a good one.

    RFC 9700 section 2.1, RFC 8252 section 7: https, plain http on the own device alone, and schemes of apps, which
    have a dot as the reversed domain names that they are.
    """
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return "It is no URI."
    if not re.fullmatch(r"[!-\[\]_a-z~]+", uri) or not parts.scheme:
        return "It is no URI."
    if "#" in uri:
        return "It must not have a fragment."
    if "@" in parts.netloc:
        return "It must not hold a user name."
    if parts.scheme == "https":
        return "" if parts.hostname else "It names no host."
    if parts.scheme == "http":
        loopback = parts.hostname in ("localhost", *(host.strip("[]") for host in LOOPBACK))
        return "" if loopback else "Plain http is for the own device alone: 127.0.0.1, [::1] or localhost."
    return "" if "." in parts.scheme else "It takes https, or the scheme of an app, such as com.example.app."
