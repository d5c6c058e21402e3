"""What operators may change of an account: never its password, and its e-mail address only with the host's user."""

from __future__ import annotations

import json
from typing import Any

from django import forms

from nhost_auth.conf import conf
from nhost_auth.errors import AuthError
from nhost_auth.http import bodies
from nhost_auth.models import Account

EDITABLE = (
    "display_name",
    "locale",
    "default_role",
    "phone_number",
    "phone_number_verified",
    "email_verified",
    "metadata",
)


class StorableJSON(json.JSONDecoder):
    """Takes what the API takes: what it refuses, a database would refuse too, with a crash."""

    def decode(self, s: str, *_: Any) -> Any:
        try:
            return bodies.parse(s.encode())
        except (AuthError, UnicodeError):
            raise json.JSONDecodeError("cannot be stored", "", 0) from None


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Account
        fields = EDITABLE

    def clean_phone_number(self) -> str | None:
        """As it is typed, for numbers are compared so (accounts.md 3.10); none is not an empty one."""
        return (self.cleaned_data["phone_number"] or "").strip() or None

    def clean_metadata(self) -> dict[str, Any] | None:
        metadata = self.cleaned_data["metadata"]
        if not isinstance(metadata, dict | None):
            raise forms.ValidationError("This has to be a JSON object.")
        return metadata

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("phone_number_verified") and not cleaned.get("phone_number", self.instance.phone_number):
            self.add_error("phone_number_verified", "There is no phone number that could be verified.")
        if cleaned.get("email_verified") and not self.instance.email:
            self.add_error("email_verified", "There is no e-mail address that could be verified.")
        return cleaned


def locales(account: Account) -> list[tuple[str, str]]:
    """The locales to choose from; the one an account has stays possible."""
    names = {*conf.AUTH_LOCALE_ALLOWED_LOCALES, conf.AUTH_LOCALE_DEFAULT, account.locale}
    return [(name, name) for name in sorted(names)]
