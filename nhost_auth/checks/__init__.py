"""System checks: settings that cannot work are errors, risky ones are warnings of `check --deploy`."""

from nhost_auth.checks import middleware, providers, settings

__all__ = ["middleware", "providers", "settings"]
