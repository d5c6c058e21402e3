from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from example_project import provider, views
from nhost_auth.endpoints.healthz import Healthz

PREFIX = settings.AUTH_API_PREFIX.strip("/")

urlpatterns = [
    path("", views.index),
    path("app", views.app),
    path("inbox", views.inbox),
    path("docs/", include("nhost_auth.urls_docs")),
    path("provider", provider.sign_in),
    path("provider/.well-known/openid-configuration", provider.discovery),
    path("provider/keys", provider.keys),
    path("provider/token", provider.token),
    path("provider/me", provider.profile),
    path("admin/", admin.site.urls),
    path("api/auth/", include("nhost_auth.urls_mudbase")),
    path(f"{PREFIX}/" if PREFIX else "", include("nhost_auth.urls")),
]
if PREFIX:
    urlpatterns.append(path("healthz", Healthz.as_view({"get": "root", "head": "head"})))
