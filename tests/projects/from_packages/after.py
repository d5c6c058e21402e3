"""This app beside them: `migrate`, the files of the page, and what people and their old tokens can do then; as JSON."""

import io
import json
import os
import sys
from contextlib import suppress

from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.test.utils import setup_test_environment

from nhost_auth.models import Account
from tests.projects.from_packages import PASSWORD

setup_test_environment()
call_command("migrate", verbosity=0)
client, out = Client(), json.loads(os.environ["OUT"])


def post(path: str, body: dict[str, object]) -> dict[str, object]:
    answer = client.post(f"/v1{path}", body, content_type="application/json")
    return {"status": answer.status_code, **answer.json()}


def sign_in(email: str, password: str = PASSWORD) -> dict[str, object]:
    return post("/signin/email-password", {"email": email, "password": password})


def who(header: str) -> object:
    return client.get("/who/", headers={"Authorization": header}).json()


def doctor() -> list[str]:
    printed = io.StringIO()
    with suppress(CommandError):  # of what else it finds: these settings are no server's
        call_command("auth_doctor", "--json", stdout=printed)
    return [item["text"] for item in json.loads(printed.getvalue()) if item["subject"] == "users"]


found = {"doctor": doctor(), "unproven": sign_in("ann@example.com")["error"], "mails": len(mail.outbox)}
for _ in range(2):
    exec(json.loads(os.environ["FILES"])[0], {})
carl = get_user_model().objects.get(username="carl")
reset = default_token_generator.make_token(carl)
assert default_token_generator.check_token(carl, reset)
found["inactive"] = sign_in("ben@example.com")["error"]
exec(json.loads(os.environ["FILES"])[1], {})
ann, _ = (sign_in(f"{name}@example.com")["session"] for name in ("ann", "carl"))
carl.refresh_from_db()
found |= {
    "ann": Account.objects.get(pk=ann["user"]["id"]).user.username,
    "second of an address": sign_in("ann@example.com", "another long password")["error"],
    "addresses": list(Account.objects.order_by("user").values_list("user__username", "email")),
    "opened": sign_in("ben@example.com")["error"],
    "hasher": get_user_model().objects.get(username="ann").password.partition("$")[0],
    "reset link of before": default_token_generator.check_token(carl, reset),
    "our bearer": who(f"Bearer {ann['accessToken']}"),
    "their header": who(f"JWT {out['access']}"),
    "drf token": who(f"Token {out['token']}"),
    "their access token at us": client.get(
        "/v1/user", headers={"Authorization": f"Bearer {out['access']}"}
    ).status_code,
    "their refresh token at us": post("/token", {"refreshToken": out["refresh"]})["status"],
    "their refresh token at them": client.post("/jwt/refresh/", {"refresh": out["refresh"]}).status_code,
}
json.dump(found, sys.stdout)
