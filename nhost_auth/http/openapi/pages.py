"""The document and the page that shows it. All of it comes from this server: no CDN, none of the host's static files.

Swagger UI's files are those of drf-spectacular-sidecar.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_resolver, get_script_prefix, get_urlconf
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django.views.static import serve

from nhost_auth.http.openapi.document import document
from nhost_auth.infra.templates import get_template

SIDECAR = "drf_spectacular_sidecar"
SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
OURS = ("page.css", "page.js")
FOLDER = Path(__file__).parents[2] / "static/nhost_auth/openapi"
# Swagger UI draws its icons from data: URLs and styles some elements by attributes. Calls go to this origin alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def available() -> bool:
    """Whether the files of Swagger UI are installed."""
    return find_spec(SIDECAR) is not None


@require_safe
def show(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's
    """The page; its links are relative to its own address."""
    page = HttpResponse(get_template("nhost_auth/openapi.html")({}))
    page.headers["Content-Security-Policy"] = POLICY
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


@require_safe
def schema(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's
    """This API alone, at the paths that the host's URLs give it."""
    server = get_script_prefix().rstrip("/")
    return HttpResponse(_written(get_urlconf(), get_language(), server), content_type="application/json")


@lru_cache(maxsize=16)
def _written(urls: str | None, _language: str | None, server: str) -> bytes:
    """To make it takes as long as to hash a password. Paths may depend on the language."""
    return json.dumps(document(get_resolver(urls).url_patterns, server=server)).encode()


@require_safe
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """One of the files that the page loads."""
    response = serve(request, name, document_root=str(FOLDER if name in OURS else _swagger_ui()))
    response.headers["Cache-Control"] = "no-cache"  # asked for anew, answered 304 while it is the same
    return response


@cache
def _swagger_ui() -> Path:
    found = find_spec(SIDECAR)
    assert found is not None  # noqa: S101 - urls_docs has asked
    return Path(str(found.origin)).parent / "static" / SIDECAR / "swagger-ui-dist"
