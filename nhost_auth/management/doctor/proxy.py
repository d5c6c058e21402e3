"""Whether the address that mails and tokens name leads here, also behind a proxy."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.urls import Resolver404, URLResolver, get_resolver, get_script_prefix, resolve

from nhost_auth.conf import conf
from nhost_auth.management.doctor.finding import Finding, error, ok, warning

SUBJECT = "proxy"
URL_CONF = "nhost_auth.urls"
ON_THIS_MACHINE = [".localhost", "127.0.0.1", "[::1]"]
"""What Django takes in DEBUG where ALLOWED_HOSTS is empty."""


def diagnose() -> Iterator[Finding]:
    faults = [*_environment(), *(_address() if conf.AUTH_SERVER_URL else [_no_address()])]
    yield from faults
    if not faults:
        yield ok(SUBJECT, f"{conf.AUTH_SERVER_URL} is this API.")


def _no_address() -> Finding:
    return error(SUBJECT, "AUTH_SERVER_URL is empty: links in mails lead nowhere.", "AUTH_SERVER_URL")


def _environment() -> Iterator[Finding]:
    if settings.DEBUG:
        yield warning(SUBJECT, "DEBUG is on: error pages show settings and code to everybody.", "DEBUG")
    if "*" in settings.ALLOWED_HOSTS:
        yield warning(SUBJECT, "ALLOWED_HOSTS takes any host.", "ALLOWED_HOSTS")
        if settings.USE_X_FORWARDED_HOST:
            text = "USE_X_FORWARDED_HOST is on as well: whoever asks chooses the host."
            yield warning(SUBJECT, text, "ALLOWED_HOSTS or USE_X_FORWARDED_HOST")


def _address() -> Iterator[Finding]:
    url = urlsplit(conf.AUTH_SERVER_URL)
    allowed = settings.ALLOWED_HOSTS or (ON_THIS_MACHINE if settings.DEBUG else [])
    if not validate_host(url.hostname or "", allowed):
        text = f"ALLOWED_HOSTS lacks {url.hostname}, the host of AUTH_SERVER_URL: each request gets 400."
        yield error(SUBJECT, text, "ALLOWED_HOSTS")
    if url.scheme == "https" and not settings.SECURE_PROXY_SSL_HEADER:
        text = "AUTH_SERVER_URL is https, but SECURE_PROXY_SSL_HEADER is not set."
        yield warning(SUBJECT, text, "Behind a proxy Django takes every request for plain http without it.")
    if url.scheme == "http" and settings.SECURE_PROXY_SSL_HEADER:
        text = "SECURE_PROXY_SSL_HEADER is set, but AUTH_SERVER_URL is http: links in mails go unencrypted."
        yield warning(SUBJECT, text, "AUTH_SERVER_URL")
    yield from _mount(url.path)


def _mount(path: str) -> Iterator[Finding]:
    mounts = [get_script_prefix() + mount for mount in _mounts(get_resolver(), "")]
    if not mounts:
        yield error(SUBJECT, f"ROOT_URLCONF does not include {URL_CONF}.", "path('v1/', include('nhost_auth.urls'))")
    elif not _is_ours(path):
        text = f"AUTH_SERVER_URL ends in {path or '/'}, but the API is at {' and '.join(mounts)}."
        yield warning(SUBJECT, text, "FORCE_SCRIPT_NAME says which path a proxy takes away.")


def _is_ours(path: str) -> bool:
    script = get_script_prefix().rstrip("/")
    if not path.startswith(script):
        return False
    try:
        match = resolve(path.removeprefix(script).rstrip("/") + "/healthz")
    except Resolver404:
        return False
    return match.func.__module__.startswith("nhost_auth.endpoints")


def _mounts(resolver: URLResolver, prefix: str) -> Iterator[str]:
    """The paths that our URL conf is included under, below the script's."""
    if getattr(resolver.urlconf_module, "__name__", "") == URL_CONF:
        yield prefix
        return
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _mounts(pattern, prefix + str(pattern.pattern).removeprefix("^"))
