"""Where a browser may be sent: the redirect allow-list (accounts.md 1.12, configuration.md 4.2)."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from nhost_auth.conf import conf
from nhost_auth.errors import RedirectToNotAllowed

# Browsers read a backslash as a slash and drop tabs and line ends, so what they see differs from what was compared.
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DOTS = (".", "..")
_HAS_PORT = re.compile(r"https?://[^/]+(:\d+)(.*)")
_WITH_HOST = re.compile(r"(https?)(://[^/]+)(.*)", re.DOTALL)


def parse_target(target: str) -> SplitResult | None:
    """The parts of a redirect target; None for what does not read as a URL."""
    if _UNSAFE.search(target) or _BROKEN_ESCAPE.search(target.partition("?")[0]):
        return None
    try:
        parts = urlsplit(target)
        _ = parts.port  # urlsplit looks at the port only when asked for it
    except ValueError:
        return None
    return parts


def redirect_allowed(target: str) -> bool:
    """Whether a target is on the list. Paths below an entry belong to it; query and fragment do not matter."""
    parts = parse_target(target)
    if parts is None or target.startswith("//") or "@" in parts.netloc or "%" in parts.netloc:
        return False
    if any(segment in _DOTS for segment in unquote(parts.path).split("/")):
        return False  # a browser would walk out of an allowed path
    bare = target.partition("#")[0].partition("?")[0]
    globs = _globs(conf.AUTH_CLIENT_URL, tuple(conf.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS))
    return any(glob.fullmatch(bare) or glob.fullmatch(bare + "/") for glob in globs)


def ensure_redirect(target: str | None) -> str:
    """`target`, or AUTH_CLIENT_URL when none is given. Raises RedirectToNotAllowed."""
    if target is None:
        return conf.AUTH_CLIENT_URL
    if not redirect_allowed(target):
        raise RedirectToNotAllowed
    return target


def with_query(target: str, **parameters: str) -> str:
    """`target` with query parameters added; same-named ones are replaced, keys come out sorted, a fragment stays."""
    rest, hash_sign, fragment = target.partition("#")
    base, _, query = rest.partition("?")
    kept = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key not in parameters]
    pairs = sorted(kept + list(parameters.items()), key=lambda pair: pair[0])
    return f"{base}{'?' if pairs else ''}{urlencode(pairs)}{hash_sign}{fragment}"


@lru_cache(maxsize=32)
def _globs(client_url: str, entries: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    globs = []
    for entry in (client_url, *entries):
        pattern = _below(entry)
        globs.append(compile_glob(pattern))
        if not _HAS_PORT.fullmatch(pattern) and (host := _WITH_HOST.fullmatch(pattern)):
            port = ":443" if host[1] == "https" else ":80"
            globs.append(compile_glob(host[1] + host[2] + port + host[3]))
    return tuple(globs)


def _below(entry: str) -> str:
    if entry.endswith("/**"):
        return entry
    if entry.endswith("/*"):
        return entry + "*"
    return entry + ("**" if entry.endswith("/") else "/**")


_GLOB_TOKEN = re.compile(r"\*\*|\*|\?|\[!?[^\]]+\]|\{|\}|,|\\.|.", re.DOTALL)
_GLOB_REGEX = {"**": ".*", "*": "[^./]*", "?": "[^./]"}


def compile_glob(glob: str) -> re.Pattern[str]:
    """A glob with the separators `.` and `/` as a regular expression."""
    pieces, depth = [], 0
    for piece in _GLOB_TOKEN.findall(glob):
        if piece in _GLOB_REGEX:
            pieces.append(_GLOB_REGEX[piece])
        elif piece.startswith("[") and len(piece) > 1:
            pieces.append(_character_class(piece))
        elif piece == "{":
            depth += 1
            pieces.append("(?:")
        elif depth and piece in "},":
            depth -= piece == "}"
            pieces.append("|" if piece == "," else ")")
        else:
            pieces.append(re.escape(piece[-1]))
    return re.compile("".join(pieces) + ")" * depth, re.DOTALL)


def _character_class(token: str) -> str:
    negated, members = token[1] == "!", token[2 if token[1] == "!" else 1 : -1]
    escaped = "".join(member if member == "-" else re.escape(member) for member in members)
    return f"[{'^' if negated else ''}{escaped}]"
