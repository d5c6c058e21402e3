"""This app beside allauth: `migrate`, the files of the page, and what people can do then; told as JSON."""

import json
import os
import sys
from base64 import b32decode

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
from django_otp.oath import totp
from social_django.models import UserSocialAuth

from nhost_auth.models import Account, TotpDevice
from tests.projects.from_allauth import PASSWORD, TOTP_SECRET

setup_test_environment()
call_command("migrate", verbosity=0)
client = Client()


def post(path: str, body: dict[str, object]) -> dict[str, object]:
    answer = client.post(f"/v1{path}", body, content_type="application/json")
    return {"status": answer.status_code, **answer.json()}


def sign_in(email: str) -> dict[str, object]:
    return post("/signin/email-password", {"email": email, "password": PASSWORD})


found = {"before the files": {email: sign_in(email)["error"] for email in ("ann@example.com", "carla@example.com")}}
for _ in range(2):
    for source in json.loads(os.environ["FILES"]):
        exec(source, {})
ann, ben, carla = (sign_in(f"{name}@example.com") for name in ("ann", "ben", "carla"))
code = f"{totp(b32decode(TOTP_SECRET)):06d}"
second = post("/signin/mfa/totp", {"ticket": carla["mfa"]["ticket"], "otp": code})
found |= {
    "ann": ann["session"]["user"]["email"],
    "ben": ben["error"],
    "carla": second["session"]["user"]["email"],
    "hashers": [user.password.partition("$")[0] for user in get_user_model().objects.order_by("pk")],
    "links": sorted(UserSocialAuth.objects.values_list("user__email", "provider", "uid")),
    "devices": TotpDevice.objects.count(),
    "accounts": Account.objects.count(),
    "allauth": Client().post("/accounts/login/", {"login": "ann@example.com", "password": PASSWORD}).status_code,
}
json.dump(found, sys.stdout)
