from __future__ import annotations

import django_otp
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django_otp.admin import OTPAdminSite
from django_otp.decorators import otp_required

admin = OTPAdminSite(OTPAdminSite.name)
admin.register([get_user_model(), Group])


@login_required
def second_step(request: HttpRequest) -> HttpResponse:
    """Takes a code as a page of the host's own would."""
    device = django_otp.verify_token(request.user, request.POST["device"], request.POST["code"])
    if device is None:
        return HttpResponse(status=403)
    django_otp.login(request, device)
    return HttpResponse(status=204)


@otp_required
def vault(request: HttpRequest) -> HttpResponse:
    return HttpResponse("for two factors alone")


urlpatterns = [
    path("v1/", include("nhost_auth.urls")),
    path("admin/", admin.urls),
    path("second-step", second_step),
    path("vault", vault),
]
