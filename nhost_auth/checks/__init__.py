"""System checks: settings that cannot work are errors, risky ones are warnings of `check --deploy`."""

from nhost_auth.checks import contradictions, deployment, middleware, personal_data, providers, settings

__all__ = ["contradictions", "deployment", "middleware", "personal_data", "providers", "settings"]
