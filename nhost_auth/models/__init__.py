"""The nouns. Each file holds one with its manager and constraints."""

from nhost_auth.models.accounts import Account
from nhost_auth.models.audit_events import AuditEvent
from nhost_auth.models.challenges import Challenge
from nhost_auth.models.oauth2_clients import OAuth2Client
from nhost_auth.models.oauth2_device_requests import OAuth2DeviceRequest
from nhost_auth.models.oauth2_grants import OAuth2Grant
from nhost_auth.models.oauth2_refresh_tokens import OAuth2RefreshToken, OAuth2SpentToken
from nhost_auth.models.oauth2_requests import OAuth2Request
from nhost_auth.models.one_time_codes import OneTimeCode
from nhost_auth.models.pkce_codes import PkceCode
from nhost_auth.models.provider_sessions import ProviderSession
from nhost_auth.models.provider_visits import ProviderVisit
from nhost_auth.models.recovery_codes import RecoveryCode, RecoveryDevice
from nhost_auth.models.refresh_tokens import RefreshToken, SpentRefreshToken
from nhost_auth.models.roles import AccountRole, Role
from nhost_auth.models.security_keys import SecurityKey
from nhost_auth.models.signing_keys import SigningKey
from nhost_auth.models.tickets import Ticket
from nhost_auth.models.totp_devices import TotpDevice

__all__ = [
    "Account",
    "AccountRole",
    "AuditEvent",
    "Challenge",
    "OAuth2Client",
    "OAuth2DeviceRequest",
    "OAuth2Grant",
    "OAuth2RefreshToken",
    "OAuth2Request",
    "OAuth2SpentToken",
    "OneTimeCode",
    "PkceCode",
    "ProviderSession",
    "ProviderVisit",
    "RecoveryCode",
    "RecoveryDevice",
    "RefreshToken",
    "Role",
    "SecurityKey",
    "SigningKey",
    "SpentRefreshToken",
    "Ticket",
    "TotpDevice",
]
