"""The actions of a list on the page of a single object too, and those that ask again before they act."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import helpers
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from nhost_auth.admin.site import ModelAdmin

CONFIRMED = "confirmed"
NAMED = 20


class PageActions(ModelAdmin):
    """Shows a button for each action that its visitor may use. `confirmed` says whether it was asked for twice."""

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        return [
            path("<path:object_id>/act/", self.admin_site.admin_view(self.act_view), name=name),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        found = self.get_object(request, unquote(object_id)) if object_id and request.method == "GET" else None
        if found is not None:
            buttons = [(name, label) for name, (_, _, label) in self._page_actions(request, found).items()]
            shown = {"page_actions": buttons, "page_actions_url": self._url("act", found.pk)}
            extra_context = {**shown, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, extra_context)

    def act_view(self, request: HttpRequest, object_id: str) -> Any:
        """Run the posted action for one object."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, unquote(object_id))
        if found is None:
            return HttpResponseRedirect(self._url("change", unquote(object_id)))  # which tells so
        action = self._page_actions(request, found).get(request.POST.get("action", ""))
        if action is None:
            raise PermissionDenied
        answer = action[0](self, request, self.get_queryset(request).filter(pk=found.pk))
        return answer or HttpResponseRedirect(self._url("change", found.pk))

    def confirm(self, request: HttpRequest, queryset: QuerySet[Any], *, question: str) -> TemplateResponse:
        """The page that asks again; what it posts comes back to the action."""
        action = request.POST["action"]
        rows = list(queryset[: NAMED + 1])
        match = request.resolver_match
        object_id = match.kwargs.get("object_id") if match else None
        label = dict(self.get_action_choices(request, []))[action]
        return TemplateResponse(
            request,
            "admin/nhost_auth/confirm.html",
            {
                **self.admin_site.each_context(request),
                "title": label,
                "question": question,
                "opts": self.opts,
                "media": self.media,
                "action": action,
                "rows": rows[:NAMED],
                "more": len(rows) > NAMED,
                "checkbox": helpers.ACTION_CHECKBOX_NAME,
                "selected": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
                "select_across": request.POST.get("select_across", "0"),
                "back": self._url("change", unquote(object_id)) if object_id else self._url("changelist"),
            },
        )

    def is_of_use(self, action: str, found: Any) -> bool:
        """Whether an action could change anything about an object."""
        return True

    def _page_actions(self, request: HttpRequest, found: Any) -> dict[str, Any]:
        actions: dict[str, Any] = self.get_actions(request)
        actions.pop("delete_selected", None)
        return {name: action for name, action in actions.items() if self.is_of_use(name, found)}

    def _url(self, page: str, key: Any = None) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[quote(str(key))] if key is not None else [])


def is_confirmed(request: HttpRequest) -> bool:
    return request.method == "POST" and CONFIRMED in request.POST
