"""Django's user with another key."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class Customer(User):
    """A user with a table of its own beside the users'."""

    number = models.CharField(max_length=16, blank=True)
