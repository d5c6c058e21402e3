"""People of allauth, made by allauth: its page, the link in its mail, social accounts and second factors."""

import re

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment

from tests.projects.from_allauth import PASSWORD, TOTP_SECRET

setup_test_environment()
call_command("migrate", verbosity=0)


def sign_up(email: str, *, proves: bool) -> None:
    body = {"email": email, "password1": PASSWORD, "password2": PASSWORD}
    client = Client()
    assert client.post("/accounts/signup/", body).status_code == 302
    (path,) = re.findall(r"https?://[^/]+(/accounts/confirm-email/\S+)", mail.outbox[-1].body)
    if proves:
        assert client.post(path).status_code == 302


sign_up("Ann@example.com", proves=True)
sign_up("ben@example.com", proves=False)
sign_up("carla@example.com", proves=True)
ann, ben, carla = get_user_model().objects.order_by("pk")
assert [address.verified for address in EmailAddress.objects.order_by("pk")] == [True, False, True]
EmailAddress.objects.create(user=ben, email="ben@work.example", verified=True)
SocialAccount.objects.create(user=ann, provider="github", uid="583231")
SocialAccount.objects.create(user=ann, provider="google", uid="113904")
SocialAccount.objects.create(user=ben, provider="bitbucket_oauth2", uid="557058:abc")
TOTP.activate(carla, TOTP_SECRET)
