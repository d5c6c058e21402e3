"""Password resets as tasks; imported only where AUTH_EMAIL_DELIVERY says so."""

from __future__ import annotations

from nhost_auth.flows import password_resets
from nhost_auth.infra.tasks import task


@task
def offer(email: str, redirect_to: str, code_challenge: str | None) -> None:
    """As `password_resets.offer`."""
    password_resets.offer(email=email, redirect_to=redirect_to, code_challenge=code_challenge)
