"""Logs without secrets: a filter, formatters and a LOGGING for projects that have none (configuration.md 6.7).

Loaded while Django reads its settings: nothing in here may want models or settings.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.logs.records import JsonFormatter as JsonFormatter
from nhost_auth.logs.records import SecretFilter as SecretFilter
from nhost_auth.logs.records import TextFormatter as TextFormatter


def logging_config(*, text: bool = False, debug: bool = False) -> dict[str, Any]:
    """A value for Django's LOGGING: JSON lines, or `text`, on standard error; `debug` lowers our own loggers' level.

    Errors are mailed to ADMINS as Django does by default. Every handler has the filter.
    """
    handler = {"filters": ["secrets"], "formatter": "line"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "secrets": {"()": "nhost_auth.logs.SecretFilter"},
            "production": {"()": "django.utils.log.RequireDebugFalse"},
        },
        "formatters": {"line": {"()": f"nhost_auth.logs.{'TextFormatter' if text else 'JsonFormatter'}"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", **handler},
            "mail_admins": {
                "class": "django.utils.log.AdminEmailHandler",
                "level": "ERROR",
                "filters": ["production", "secrets"],
            },
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "nhost_auth": {"level": "DEBUG" if debug else "INFO"},
            "django": {"handlers": ["mail_admins"], "level": "INFO"},
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        },
    }
