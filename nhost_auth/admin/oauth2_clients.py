"""Applications that sign people in here: registering them, what they may ask for, renewing a secret, deleting."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from nhost_auth.admin.oauth2_client_form import EDITABLE, PUBLIC, NewOAuth2ClientForm, OAuth2ClientForm
from nhost_auth.admin.page_actions import PageActions, is_confirmed
from nhost_auth.admin.site import CAP, AtLeast, moment
from nhost_auth.flows import oauth2_clients
from nhost_auth.models import Account, OAuth2Client, OAuth2RefreshToken

FACTS = ("client_id", "type", "kind", "people", "tokens", "created_by", "created_at", "updated_at", "fetched_at")


@admin.action(description="Renew secret", permissions=["change"])
def renew_secret(page: OAuth2ClientAdmin, request: HttpRequest, queryset: QuerySet[OAuth2Client]) -> Any:
    if not is_confirmed(request):
        question = "The secret of before is good no more at once. Its users stay signed in. Renew?"
        return page.confirm(request, queryset, question=question)
    secrets = []
    for client in queryset:
        if client.is_public:
            page.message_user(request, f"{client} is public: it has no secret.", messages.ERROR)
        else:
            secrets.append((client, oauth2_clients.renew_secret(client)))
    return page.show_secrets(request, secrets) if secrets else None


@admin.register(OAuth2Client)
class OAuth2ClientAdmin(PageActions):
    actions = [renew_secret]
    ordering = ("-created_at", "pk")
    list_display = ("name_or_id", "client_id", "type", "kind", "created")
    sortable_by = ("created",)
    list_filter = ("kind",)
    search_fields = ("^client_id", "^name")
    search_help_text = "The beginning of a client id or name"
    readonly_fields = FACTS

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = OAuth2ClientForm if obj else NewOAuth2ClientForm
        # Django does so for the form of a class attribute alone.
        shown = dict.fromkeys(name for name in self.get_readonly_fields(request, obj) if name in form.declared_fields)
        return super().get_form(request, obj, change, form=type(form.__name__, (form,), shown), **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: OAuth2Client | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("type", *EDITABLE)})]
        return [(None, {"fields": FACTS}), ("What it may do", {"fields": EDITABLE})]

    def get_readonly_fields(self, request: HttpRequest, obj: OAuth2Client | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        # The document says the rest, and is read again and again.
        told = ("name", "redirect_uris", "scopes", "role_scopes") if obj.kind == OAuth2Client.Kind.DOCUMENT else ()
        return (*FACTS, *told)

    def is_of_use(self, action: str, found: OAuth2Client) -> bool:
        return not found.is_public

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            stored = {"scopes" if name == "role_scopes" else name for name in form.changed_data}
            if stored:
                oauth2_clients.edit(obj, sorted(stored))
            return
        obj.created_by = Account.objects.filter(user=request.user.pk).first()
        obj.secret = oauth2_clients.create(obj, public=form.cleaned_data["type"] == PUBLIC)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        # Shown here and nowhere else: in a message it would be stored with the session.
        if obj.secret:
            return self.show_secrets(request, [(obj, obj.secret)])
        return super().response_add(request, obj, post_url_continue)

    def show_secrets(self, request: HttpRequest, secrets: list[tuple[OAuth2Client, str]]) -> TemplateResponse:
        """The page that has secrets, this once."""
        shown = {"title": "Client secret", "secrets": secrets, "back": self._url("changelist")}
        page = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, "admin/nhost_auth/oauth2client/secrets.html", page | shown)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Django would list all that everybody has let them do."""
        lacking = set() if self.has_delete_permission(request) else {self.opts.verbose_name}
        names = [f"{client} ({client.pk})" for client in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, lacking, []

    def delete_model(self, request: HttpRequest, obj: OAuth2Client) -> None:
        oauth2_clients.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[OAuth2Client]) -> None:
        for client in queryset:
            oauth2_clients.delete(client)

    @admin.display(description="name")
    def name_or_id(self, client: OAuth2Client) -> str:
        return str(client)

    @admin.display(description="type")
    def type(self, client: OAuth2Client) -> str:
        return "public" if client.is_public else "confidential"

    @admin.display(description="roles")
    def role_scopes(self, client: OAuth2Client) -> str:
        return ", ".join(name for name in client.scopes if name.startswith("graphql:role:"))

    @admin.display(description="created", ordering="created_at")
    def created(self, client: OAuth2Client) -> str:
        return moment(client.created_at)

    @admin.display(description="let in by")
    def people(self, client: OAuth2Client) -> str:
        return f"{_capped(client.grants.all())} accounts"

    @admin.display(description="refresh tokens")
    def tokens(self, client: OAuth2Client) -> str:
        return str(_capped(OAuth2RefreshToken.objects.live().filter(client=client)))


def _capped(rows: QuerySet[Any]) -> int:
    found = rows.values("pk")[: CAP + 1].count()
    return found if found <= CAP else AtLeast(CAP)
