"""The API's own documentation, for projects that include it: a page to browse and try it, and `openapi.json`.

path("docs/", include("nhost_auth.urls_docs"))
"""

from django.core.exceptions import ImproperlyConfigured
from django.urls import path

from nhost_auth.http.openapi import pages

if not pages.available():
    raise ImproperlyConfigured("nhost_auth.urls_docs needs Swagger UI's files: pip install nhost-auth[openapi]")

app_name = "nhost_auth_docs"

urlpatterns = [
    path("", pages.show),
    path("openapi.json", pages.schema),
    *(path(name, pages.file, {"name": name}) for name in (*pages.OURS, *pages.SWAGGER_UI)),
]
