"""Django templates of this app, also for hosts whose engines do not look into app directories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.template import TemplateDoesNotExist
from django.template.backends.base import BaseEngine
from django.template.backends.django import DjangoTemplates
from django.template.loader import select_template

FOLDER = Path(__file__).parent.parent / "templates"

Render = Callable[[Mapping[str, Any]], str]


def get_template(name: str) -> Render:
    """How to render a template; the host's own of that name wins. Raises TemplateDoesNotExist."""
    try:
        found = select_template([name])
    except TemplateDoesNotExist:
        found = _own_engine().get_template(name)
    render: Render = found.render
    return render


@cache
def _own_engine() -> BaseEngine:
    return DjangoTemplates({"NAME": "nhost_auth", "DIRS": [FOLDER], "APP_DIRS": False, "OPTIONS": {"autoescape": True}})
