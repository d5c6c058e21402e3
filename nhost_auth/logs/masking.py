"""What is a secret in a text or a value, by the name before it or by its shape, and how it is made unreadable."""

from __future__ import annotations

import re
from typing import Any

MASK = "********"

_ENDINGS = (
    "password|passwd|passphrase|secret|token|ticket|otp|totp|recovery[_-]?codes?|credential|authorization|cookie|verifier"
    "|signature|assertion|api[_-]?key|private[_-]?key|encryption[_-]?key|turnstile[_-]response|imageurl"
    "|device[_-]?code|user[_-]?code|token[_-]hint"
)
_WORDS = "code|state|connect|pat"
"""Names that are secrets' in a query or in JSON, but words of every other sentence too."""
_NAME = re.compile(rf"[\w-]*(?:{_ENDINGS})|{_WORDS}", re.IGNORECASE)
# Every alternative takes what it began, closed or not: none is tried again from its middle, so that time is linear.
_VALUE = r"""(?:\\+"(?:(?!\\+").)*(?:\\+")?|b?"(?:[^"\\]|\\.)*"?|b?'(?:[^'\\]|\\.)*'?|\[[^\]]*\]?|\([^)]*\)?"""
_VALUE += r"""|(?:(?!%(?:25)*26)[^\s&;,"'<>)}\]])+)"""
_IS = r"""\\*["']?\s*(?:=>?|:|%(?:25)*3[AD])\s*(?:(?:Bearer|Basic)\s+)?"""
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PATTERNS = [
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), replacement)
    for pattern, replacement in (
        (r"(?<![\w-])((?:set-)?cookie:\s*)[^\r\n]+", rf"\g<1>{MASK}"),
        (rf"(?<![\w-])([\w-]{{0,40}}?(?:{_ENDINGS}){_IS}){_VALUE}", rf"\g<1>{MASK}"),
        (rf"""((?:(?<=[?&"'(])|(?<=%3F)|(?<=%26)|\A)(?:{_WORDS}){_IS}){_VALUE}""", rf"\g<1>{MASK}"),
        (r"\b(Bearer|Basic)\s+[\w.~+/=-]{16,}", rf"\g<1> {MASK}"),
        (r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)*", MASK),
        (
            rf"\b((?:verifyEmail|passwordlessEmail|emailConfirmChange|passwordReset|mfaTotp)(?::|%3A)){_UUID}",
            rf"\1{MASK}",
        ),
    )
]
_SOURCE = re.compile(r'(^ *File ".*", line \d+, in .*\n.*\n)', re.MULTILINE)


def mask(text: str) -> str:
    """`text` without passwords, tokens, tickets and codes in URLs, JSON, headers and reprs; names stay."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def mask_traceback(text: str) -> str:
    """As `mask`, but lines of source code stay: `token = f(x)` is no secret, and what a reader looks for."""
    return "".join(part if index % 2 else mask(part) for index, part in enumerate(_SOURCE.split(text)))


def is_secret(name: str) -> bool:
    """Whether what stands under this name is none of a log's business."""
    return _NAME.fullmatch(name) is not None


def mask_value(name: str, value: Any) -> Any:
    """A value under its name, `""` for none: containers all through, other objects than text as they are."""
    if isinstance(value, dict):
        return {key: mask_value(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        masked = [mask_value(name, item) for item in value]
        return masked if isinstance(value, list) else tuple(masked)
    if isinstance(value, str | bytes | int | float) and not isinstance(value, bool):
        if is_secret(name):
            return MASK
        text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
        masked_text = mask(text)
        return value if masked_text == text else masked_text
    return value
