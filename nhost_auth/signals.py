"""Signals a host project can listen to. Each carries `account`; they are sent after the change is committed.

A receiver that raises is logged and does not change the answer to the client.
"""

from django.dispatch import Signal

signed_up = Signal()
"""A new account was stored. Further argument: `method`, e.g. "email-password"."""

signed_in = Signal()
"""A session was opened. Further argument: `method`."""

token_refreshed = Signal()
"""A refresh token was exchanged for the next one. Further argument: `session_id`."""

signed_out = Signal()
"""A session ended on its owner's or an operator's wish. Further argument: `everywhere`, whether all others did too."""

deanonymized = Signal()
"""An anonymous account became a regular one. Further argument: `method`."""

email_verified = Signal()
"""The account's e-mail address was proven."""

email_changed = Signal()
"""The account's e-mail address was replaced. Further argument: `old_email`."""

password_changed = Signal()
"""The account has a new password; its sessions have ended."""

phone_number_changed = Signal()
"""The account has proven a phone number, its first or another one. Further argument: `old_phone_number`."""

mfa_changed = Signal()
"""The account's second factor was turned on or off. Further argument: `active`."""

recovery_codes_generated = Signal()
"""The account has new recovery codes; earlier ones are gone."""

recovery_code_used = Signal()
"""A recovery code stood in for the second factor. Further argument: `remaining`, how many are left."""

security_key_added = Signal()
"""The account has a new security key. Further argument: `key_id`."""

security_key_removed = Signal()
"""The account has a security key less. Further argument: `key_id`."""

security_key_counter_regressed = Signal()
"""A security key was used whose counter did not move on: it may be a copy. Further argument: `key_id`."""

identity_linked = Signal()
"""Somebody at a social provider signs in to the account from now on. Further argument: `provider`."""

account_taken_over = Signal()
"""The verified owner of the account's address took it from whoever had registered it (AUTH_LINK_EVICT_UNVERIFIED)."""

personal_access_token_created = Signal()
"""The account has a new personal access token. Further argument: `token_id`."""

personal_access_token_revoked = Signal()
"""The account has a personal access token less, by an operator. Further argument: `token_id`."""

account_disabled = Signal()
"""The account was disabled by an operator: it is refused everywhere."""

account_enabled = Signal()
"""The account was enabled again by an operator."""

refresh_token_reused = Signal()
"""A spent refresh token was shown again and its session was ended. Further argument: `session_id`."""

application_authorized = Signal()
"""The account lets an application in. Further arguments: `client_id` and `scopes`, a list."""

application_registered = Signal()
"""The account has registered an application. Further argument: `client_id`."""

application_signed_out = Signal()
"""An application has signed the account out of itself. Further argument: `client_id`."""

application_revoked = Signal()
"""The account lets an application in no more. Further argument: `client_id`."""

application_token_reused = Signal()
"""A used code or spent refresh token of an application was shown again; its tokens are good no more. Further argument:
`client_id`."""

account_erased = Signal()
"""The account, the host's user and all that belonged to them are gone; `account` is the last copy in memory."""
