"""Time-based codes (RFC 6238): SHA-1, 6 digits, 30 seconds, one step of tolerance each way (identity.md section 2)."""

from __future__ import annotations

import base64
import secrets
import time
from urllib.parse import quote

import segno
from django_otp.oath import TOTP

SECRET_BYTES = 32
DIGITS = 6
TOLERANCE_STEPS = 1
IMAGE_PIXELS = 200
BORDER_MODULES = 4


def generate_secret() -> str:
    """32 random bytes in base32 without padding, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode().rstrip("=")


def matching_step(secret: str, code: str, *, after: int) -> int | None:
    """The time step a code belongs to; None for a wrong code and for one of a step not later than `after`."""
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    generator = TOTP(base64.b32decode(secret + "=" * (-len(secret) % 8)), digits=DIGITS)
    generator.time = time.time()
    right = generator.verify(int(code), tolerance=TOLERANCE_STEPS, min_t=after + 1)
    return int(generator.t()) if right else None


def provisioning_uri(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code holds: an otpauth:// URI, its query sorted."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    issued_by = quote(issuer, safe="")
    return f"otpauth://totp/{label}?algorithm=SHA1&digits={DIGITS}&issuer={issued_by}&period=30&secret={secret}"


def qr_image(uri: str) -> str:
    """A PNG of about 200 pixels as a data: URL."""
    code = segno.make(uri, error="m", micro=False)
    modules = code.symbol_size(border=BORDER_MODULES)[0]
    return code.png_data_uri(scale=max(1, round(IMAGE_PIXELS / modules)), border=BORDER_MODULES)
