from django.urls import include, path

urlpatterns = [path("", include("dj_rest_auth.urls")), path("registration/", include("dj_rest_auth.registration.urls"))]
