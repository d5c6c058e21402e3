"""Signing keys: which there are and what each is good for, letting another take over, giving one up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.timesince import timesince

from nhost_auth.admin.page_actions import PageActions, is_confirmed
from nhost_auth.conf import conf
from nhost_auth.flows import key_rotation
from nhost_auth.models import SigningKey
from nhost_auth.models.signing_keys import ALGORITHMS

QUESTION = (
    "A new key is published at once and signs when everybody has had the time to fetch it. The one before verifies "
    "until its last token has expired: nobody is signed out."
)


@admin.action(description="Retire", permissions=["rotate"])
def retire(page: PageActions, request: HttpRequest, queryset: QuerySet[SigningKey]) -> Any:
    if not is_confirmed(request):
        question = (
            "Tokens of these keys are refused at once; clients refresh them. Do it for a key that became known. Retire?"
        )
        return page.confirm(request, queryset, question=question)
    for key in queryset:
        try:
            key_rotation.retire(key)
        except key_rotation.KeysStay as error:
            page.message_user(request, f"{key}: {error}", messages.ERROR)
        else:
            page.message_user(request, f"{key} is retired.", messages.SUCCESS)
    return None


class RotationForm(forms.Form):
    algorithm = forms.ChoiceField(choices=[(name, name) for name in ALGORITHMS])
    publish_ahead = forms.IntegerField(
        label="Published before it signs, seconds",
        min_value=0,
        max_value=key_rotation.LONGEST_PUBLISH_AHEAD,
        help_text="As long as others keep our public keys. 0: it signs at once, and so does a key that waits already.",
    )


@admin.register(SigningKey)
class SigningKeyAdmin(PageActions):
    actions = [retire]
    list_display = ("key", "state", "algorithm", "age", "signs_from", "verifies_until")
    sortable_by = ()
    fields = ("key", "state", "algorithm", "issuer", "namespace", "created_at", "signs_from", "verifies_until")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SigningKey | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SigningKey | None = None) -> bool:
        return False

    def has_rotate_permission(self, request: HttpRequest) -> bool:
        """Keys are never edited: the permission to change them is that to let them change."""
        return request.user.has_perm("nhost_auth.change_signingkey")

    def has_view_permission(self, request: HttpRequest, obj: SigningKey | None = None) -> bool:
        return self.has_rotate_permission(request) or super().has_view_permission(request, obj)

    def get_urls(self) -> list[Any]:
        rotate = path("rotate/", self.admin_site.admin_view(self.rotate_view), name="nhost_auth_signingkey_rotate")
        return [rotate, *super().get_urls()]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        _set_states(found.result_list)
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> SigningKey | None:
        key: SigningKey | None = super().get_object(request, object_id, from_field)
        if key is not None:
            _set_states([key])
        return key

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        pinned = bool(conf.HASURA_GRAPHQL_JWT_SECRET)
        shown = {"pinned": pinned, "may_rotate": self.has_rotate_permission(request) and not pinned}
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def rotate_view(self, request: HttpRequest) -> Any:
        """Asks for algorithm and time on GET; a POST lets a new key take over."""
        if not self.has_rotate_permission(request):
            raise PermissionDenied
        form = RotationForm(
            request.POST if is_confirmed(request) else None,
            initial={"algorithm": conf.AUTH_SIGNING_ALGORITHM, "publish_ahead": conf.AUTH_SIGNING_KEY_PUBLISH_AHEAD},
        )
        if not form.is_valid():
            return self._ask(request, form)
        try:
            ahead = timedelta(seconds=form.cleaned_data["publish_ahead"])
            key = key_rotation.rotate(form.cleaned_data["algorithm"], publish_ahead=ahead)
        except key_rotation.KeysStay as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"{key} signs from {key.signs_from:%Y-%m-%d %H:%M:%S %Z} on.", messages.SUCCESS)
        return HttpResponseRedirect(self._url("changelist"))

    def _ask(self, request: HttpRequest, form: RotationForm) -> TemplateResponse:
        context = {"title": "Rotate", "question": QUESTION, "form": form, "back": self._url("changelist")}
        page = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, "admin/nhost_auth/confirm.html", page | context)

    @admin.display(description="key id")
    def key(self, key: SigningKey) -> str:
        return key.kid or str(key.pk)

    @admin.display(description="state")
    def state(self, key: SigningKey) -> str:
        return key.state

    @admin.display(description="age")
    def age(self, key: SigningKey) -> str:
        return timesince(key.created_at, timezone.now(), depth=1)


def _set_states(keys: Any) -> None:
    states = {key.pk: key.state for key in SigningKey.objects.with_states()}
    for key in keys:
        key.state = states[key.pk]
