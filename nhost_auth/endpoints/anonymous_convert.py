"""POST /api/auth/anonymous/convert of Mudbase's client: a guest becomes a user and gets a session (mudbase.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.password_validation import password_changed
from django.db import transaction

from nhost_auth.conf import conf
from nhost_auth.errors import DisabledUser, InvalidEmailPassword, Unauthorized, UserAlreadyExists, UserNotAnonymous
from nhost_auth.flows import accounts, host_users, links, passwords, policy, sessions
from nhost_auth.flows.policy import Profile
from nhost_auth.http import answers, refusals
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.guards import bearer
from nhost_auth.http.inputs import DISPLAY_NAME_PATTERN, DisplayName, Email, Input, Password
from nhost_auth.models import Account

DISPLAY_NAME_LENGTH = 32


class PersonName(DisplayName):
    """A part of a name; a blank one counts as none."""

    pattern = rf"{DISPLAY_NAME_PATTERN}|^\s*$"

    def fits(self, value: str) -> bool:
        return not value.strip() or super().fits(value)


class ConvertRequest(Input):
    tolerates_unknown = True

    email = Email()
    password = Password(least=3)
    firstName = PersonName(most=32, required=False)
    lastName = PersonName(most=32, required=False)


class AnonymousConvert(Endpoint):
    stories = {
        "convert": Story(
            operation="convertAnonymous",
            hashes=True,
            guard=bearer,
            request=ConvertRequest,
            limits=("verification_email",),
            answer=answers.ConvertResponse,
            errors=(*refusals.NEW_PASSWORD, DisabledUser, InvalidEmailPassword, UserNotAnonymous, UserAlreadyExists),
        )
    }
    # Mudbase documents 400 and 401 only, and 401 is about the token.
    statuses = {InvalidEmailPassword: 400, UserAlreadyExists: 400}

    def convert(self, email: str, password: str, first_name: str = "", last_name: str = "") -> Any:
        """Make a guest a user with a password.

        Mudbase's call. The guest keeps the id and all data and gets a new session; the guest's other sessions end.
        """
        guest = self._guest()
        passwords.ensure_acceptable(password, host_users.sketch(email))
        policy.ensure_email_allowed(email)
        names = {"firstName": first_name.strip(), "lastName": last_name.strip()}
        password_hash, profile = passwords.hash_new(password), self._profile(guest, email, names)
        with transaction.atomic():  # a user without a session would have lost the guest's too
            account = accounts.deanonymize(
                guest.pk, profile, email=email, password_hash=password_hash, end_sessions=True
            )
            if conf.AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED:
                # A mail that does not leave must not cost the session: the user can ask for another one.
                links.send_verification(
                    account, to=email, redirect_to=conf.AUTH_CLIENT_URL, code_challenge=None, robust=True
                )
            session = sessions.start(account, self.client, method="email-password", proven=True)
        assert isinstance(session, sessions.Session), "a password that was set just now is proof enough"  # noqa: S101
        password_changed(password, account.user)
        return {
            "message": "Account created successfully",
            "token": session.access_token,
            "refreshToken": session.refresh_token,
            "expiresIn": session.expires_in,
            "user": {
                "_id": str(account.pk),
                "email": account.email,
                **names,
                "role": account.default_role_id,
                "emailVerified": account.email_verified,
                "isAnonymous": account.is_anonymous,
            },
        }

    def _guest(self) -> Account:
        """The bearer, checked before the password: a guest who is still one."""
        guest = Account.objects.get_with_roles(pk=self.access_token.account_id)
        if guest is None:
            raise Unauthorized("invalid or expired token")
        policy.ensure_enabled(guest)
        if not (guest.is_anonymous and self.access_token.is_anonymous):
            raise UserNotAnonymous
        return guest

    def _profile(self, guest: Account, email: str, names: dict[str, str]) -> Profile:
        """The guest's own data with the names added: unlike Nhost's conversion this one loses nothing."""
        given = {key: name for key, name in names.items() if name}
        display_name = " ".join(given.values())[:DISPLAY_NAME_LENGTH].strip() or email
        profile = policy.ensure_profile(None, default_name=display_name)
        return replace(profile, locale=guest.locale, metadata={**(guest.metadata or {}), **given})
