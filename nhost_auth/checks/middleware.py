"""BearerMiddleware, where a project has it: what has to come after it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

BEARER = "nhost_auth.middleware.BearerMiddleware"
AFTER_IT = (
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
)


@register()
def check_middleware(**_kwargs: Any) -> list[CheckMessage]:
    """Those that judge a request by its user or its form before the bearer token was read refuse its owner."""
    installed = list(settings.MIDDLEWARE)
    if BEARER not in installed:
        return []
    return [
        Error(
            f"{name} stands above {BEARER} and refuses requests before their bearer token is read.",
            hint=f'Move "{BEARER}" above "{name}" in MIDDLEWARE.',
            id="nhost_auth.E030",
        )
        for name in installed[: installed.index(BEARER)]
        if name in AFTER_IT
    ]
