from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    *([path("v1/", include("nhost_auth.urls"))] if settings.COMES else []),
]
