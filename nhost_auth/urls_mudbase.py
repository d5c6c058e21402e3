"""The one call of Mudbase's client that Nhost has no counterpart for; a project may include it beside the map.

path("api/auth/", include("nhost_auth.urls_mudbase"))
"""

from django.urls import path

from nhost_auth.endpoints.anonymous_convert import AnonymousConvert

app_name = "nhost_auth_mudbase"

urlpatterns = [path("anonymous/convert", AnonymousConvert.as_view({"post": "convert"}))]
