"""What a browser says of a security key: WebAuthn's JSON, handed on as it came (identity.md 1.4)."""

from __future__ import annotations

from typing import Any

from nhost_auth.http.inputs import FreeObject, Input, Text, Texts


class PublicKeyCredential(Input):
    """The members the contract names have to be of the right type; browsers to come may add others."""

    tolerates_unknown = True

    id = Text()
    rawId = Text()
    type = Text()
    authenticatorAttachment = Text(required=False)
    clientExtensionResults = FreeObject(required=False)

    @classmethod
    def read(cls, value: Any) -> dict[str, Any]:
        """The value itself: its names are the library's to read. Raises SchemaValidationError."""
        super().read(value)
        return dict(value)


class Attestation(Input):
    tolerates_unknown = True

    clientDataJSON = Text()
    attestationObject = Text()
    transports = Texts(required=False)


class Assertion(Input):
    tolerates_unknown = True

    clientDataJSON = Text()
    authenticatorData = Text()
    signature = Text()
    userHandle = Text(required=False)


class CreationResponse(PublicKeyCredential):
    response = Attestation()


class AssertionResponse(PublicKeyCredential):
    response = Assertion()
