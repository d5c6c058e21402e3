"""People who sign in by simplejwt's calls and by REST framework's tokens; told as JSON: the tokens that are out."""

import json
import sys

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from rest_framework.authtoken.models import Token

from tests.projects.from_packages import PASSWORD

call_command("migrate", verbosity=0)
users = get_user_model().objects
ann = users.create_user("ann", "ann@example.com", PASSWORD)
users.create_user("ann-again", "ANN@example.com", "another long password")
users.create_user("never-activated", "ben@example.com", PASSWORD, is_active=False)
users.create_user("carl", "carl@example.com", PASSWORD)
users.create_user("without", "", PASSWORD)
answer = Client().post("/jwt/create/", {"username": "ann", "password": PASSWORD})
json.dump({**answer.json(), "token": Token.objects.create(user=ann).key}, sys.stdout)
