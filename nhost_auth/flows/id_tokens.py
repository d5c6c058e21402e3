"""ID tokens that apps bring from a provider's own sign-in (identity.md section 5)."""

from __future__ import annotations

from nhost_auth.errors import DisabledEndpoint, InternalServerError, InvalidRequest, OauthProfileFetchFailed
from nhost_auth.infra import id_tokens
from nhost_auth.infra.key_sets import KeysUnavailable
from nhost_auth.infra.providers.identity import Identity, NoProfile


def identify(provider: str, token: str, nonce: str | None) -> Identity:
    """Whom a token is about. Raises DisabledEndpoint, InvalidRequest, OauthProfileFetchFailed, InternalServerError."""
    try:
        found = id_tokens.accepted(provider)
        if found is None:
            raise DisabledEndpoint
        issuer, audience = found
        return id_tokens.read(id_tokens.verify(token, issuer, audience, nonce), issuer)
    except id_tokens.InvalidIdToken as error:
        raise InvalidRequest from error
    except NoProfile as error:
        raise OauthProfileFetchFailed from error
    except KeysUnavailable as error:
        raise InternalServerError from error
