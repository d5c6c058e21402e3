"""Run where only the built wheel is installed: an empty project migrates, checks itself and signs somebody up."""

import json

import django
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import include, path

settings.configure(
    SECRET_KEY="k" * 50,
    ALLOWED_HOSTS=["testserver"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "nhost_auth"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    ROOT_URLCONF=__name__,
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    AUTH_SERVER_URL="https://example.com/v1",
    AUTH_CLIENT_URL="https://app.example.com",
)
django.setup()
urlpatterns = [path("v1/", include("nhost_auth.urls"))]

call_command("check", fail_level="WARNING")
call_command("migrate", verbosity=0)
reply = Client().post(
    "/v1/signup/email-password",
    json.dumps({"email": "ann@example.com", "password": "a long password"}),
    content_type="application/json",
)
assert (reply.status_code, reply.json()) == (200, {"session": None}), reply.content

from django.core import mail  # noqa: E402 - the outbox exists once a mail has been sent

(sent,) = mail.outbox
assert sent.subject == "Verify your email", sent.subject
assert sent.extra_headers["X-Link"].startswith("https://example.com/v1/verify?"), sent.extra_headers
print(f"django {django.__version__}: the wheel works")  # noqa: T201
