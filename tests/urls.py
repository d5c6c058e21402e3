from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("v1/", include("nhost_auth.urls")), path("admin/", admin.site.urls)]
