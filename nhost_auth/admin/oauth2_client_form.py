"""What operators say of an application: where its users come back to, what it may ask for."""

from __future__ import annotations

from typing import Any

from django import forms

from nhost_auth.admin.site import Radios, Textarea
from nhost_auth.models import OAuth2Client
from nhost_auth.models.oauth2_clients import LONGEST_LIFETIME, SCOPES, is_scope, redirect_uri_fault

EDITABLE = ("name", "redirect_uris", "scopes", "role_scopes", "access_token_lifetime", "refresh_token_lifetime")
ROLE = "graphql:role:"
PUBLIC, CONFIDENTIAL = "public", "confidential"


class Lines(forms.CharField):
    """A list of texts, each on a line of its own."""

    widget = Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (line.strip() for line in (super().to_python(value) or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


class OAuth2ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    redirect_uris = Lines(
        label="Redirect URIs", help_text="One on each line; compared letter by letter with what the application sends."
    )
    scopes = forms.MultipleChoiceField(
        choices=[(name, name) for name in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="What it may ask for. With graphql it may act as its users do, in each of their roles.",
    )
    role_scopes = Lines(
        label="Roles",
        required=False,
        widget=Textarea(attrs={"rows": 3}),
        help_text="Roles that it may ask for one by one, each on a line of its own. With graphql it may ask for any.",
    )
    access_token_lifetime = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_LIFETIME,
        help_text="Seconds; empty: AUTH_OAUTH2_PROVIDER_ACCESS_TOKEN_TTL.",
    )
    refresh_token_lifetime = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_LIFETIME,
        help_text="Seconds; empty: AUTH_OAUTH2_PROVIDER_REFRESH_TOKEN_TTL.",
    )

    class Meta:
        model = OAuth2Client
        fields = tuple(name for name in EDITABLE if name != "role_scopes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.scopes
        roles = [name.removeprefix(ROLE) for name in stored if name.startswith(ROLE)]
        self.initial["scopes"], self.initial["role_scopes"] = [name for name in stored if name in SCOPES], roles

    def clean_redirect_uris(self) -> list[str]:
        uris: list[str] = self.cleaned_data["redirect_uris"]
        faults = [f"{uri}: {fault}" for uri in uris if (fault := redirect_uri_fault(uri))]
        if faults:
            raise forms.ValidationError(faults)
        return uris

    def clean_role_scopes(self) -> list[str]:
        names = [ROLE + name.removeprefix(ROLE) for name in self.cleaned_data["role_scopes"]]
        for name in names:
            if not is_scope(name):
                raise forms.ValidationError(f"{name.removeprefix(ROLE)} is no name of a role.")
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "scopes" in cleaned and "role_scopes" in cleaned:
            cleaned["scopes"] = [*cleaned["scopes"], *cleaned["role_scopes"]]
            if not cleaned["scopes"]:
                self.add_error("scopes", "There is nothing that it could ask for.")
        return cleaned


class NewOAuth2ClientForm(OAuth2ClientForm):
    type = forms.ChoiceField(
        choices=[
            (CONFIDENTIAL, "confidential: a server, which keeps a secret"),
            (PUBLIC, "public: an app or a page, which can keep none"),
        ],
        widget=Radios(),
        initial=CONFIDENTIAL,
    )
