"""A user with a login and a password: no e-mail address, no active flag, no last login, no permissions."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager["User"]):
    def create_user(self, login: str, password: str | None = None) -> User:
        user = self.model(login=login)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, login: str, password: str | None = None) -> User:
        return self.create_user(login, password)


class User(AbstractBaseUser):
    login = models.CharField(max_length=64, unique=True)
    last_login = None

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "login"
