"""Django's own tasks framework, or the django-tasks package before Django 6; imported where a setting asks for it."""

from __future__ import annotations

try:
    from django.tasks import task
except ImportError:
    from django_tasks import task  # type: ignore[no-redef]

__all__ = ["task"]
