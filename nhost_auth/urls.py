"""THE MAP: every path of the API, the ViewSet behind it and the story each method tells.

Include it under a prefix of your choice: `path("v1/", include("nhost_auth.urls"))`.
"""

from django.urls import path

from nhost_auth.endpoints.elevate import Elevate
from nhost_auth.endpoints.healthz import Healthz
from nhost_auth.endpoints.link_idtoken import LinkIdtoken
from nhost_auth.endpoints.mfa_recovery_codes import MfaRecoveryCodes
from nhost_auth.endpoints.mfa_totp import MfaTotp
from nhost_auth.endpoints.pat import Pat
from nhost_auth.endpoints.signin_anonymous import SignInAnonymous
from nhost_auth.endpoints.signin_email_password import SignInEmailPassword
from nhost_auth.endpoints.signin_idtoken import SignInIdtoken
from nhost_auth.endpoints.signin_mfa_totp import SignInMfaTotp
from nhost_auth.endpoints.signin_otp_email import SignInOtpEmail
from nhost_auth.endpoints.signin_passwordless_email import SignInPasswordlessEmail
from nhost_auth.endpoints.signin_passwordless_sms import SignInPasswordlessSms
from nhost_auth.endpoints.signin_pat import SignInPat
from nhost_auth.endpoints.signin_provider import SignInProvider
from nhost_auth.endpoints.signin_webauthn import SignInWebauthn
from nhost_auth.endpoints.signout import SignOut
from nhost_auth.endpoints.signup_email_password import SignUpEmailPassword
from nhost_auth.endpoints.signup_idtoken import SignUpIdtoken
from nhost_auth.endpoints.signup_otp_email import SignUpOtpEmail
from nhost_auth.endpoints.signup_passwordless_email import SignUpPasswordlessEmail
from nhost_auth.endpoints.signup_passwordless_sms import SignUpPasswordlessSms
from nhost_auth.endpoints.signup_provider import SignUpProvider
from nhost_auth.endpoints.signup_webauthn import SignUpWebauthn
from nhost_auth.endpoints.token import Token
from nhost_auth.endpoints.token_provider import TokenProvider
from nhost_auth.endpoints.user import User
from nhost_auth.endpoints.user_deanonymize import UserDeanonymize
from nhost_auth.endpoints.user_email import UserEmail
from nhost_auth.endpoints.user_mfa import UserMfa
from nhost_auth.endpoints.user_password import UserPassword
from nhost_auth.endpoints.user_phone_number import UserPhoneNumber
from nhost_auth.endpoints.user_sessions import UserSessions
from nhost_auth.endpoints.user_webauthn import UserWebauthn
from nhost_auth.endpoints.verify import Verify
from nhost_auth.endpoints.version import Version
from nhost_auth.endpoints.well_known_jwks import WellKnownJwks
from nhost_auth.oauth2.authorize import Authorize
from nhost_auth.oauth2.device import Device
from nhost_auth.oauth2.device_authorization import DeviceAuthorization
from nhost_auth.oauth2.discovery import Discovery
from nhost_auth.oauth2.introspect import Introspect
from nhost_auth.oauth2.login import Login
from nhost_auth.oauth2.logout import Logout
from nhost_auth.oauth2.register import Register
from nhost_auth.oauth2.revoke import Revoke
from nhost_auth.oauth2.token import Token as OAuth2Token
from nhost_auth.oauth2.user_applications import UserApplications
from nhost_auth.oauth2.userinfo import Userinfo

app_name = "nhost_auth"

urlpatterns = [
    # Tokens and sessions: first, for these are asked all day, and Django tries one row after another
    path("user", User.as_view({"get": "show"})),
    path("token", Token.as_view({"post": "refresh"})),
    path("token/verify", Token.as_view({"post": "verify"})),
    path("token/exchange", Token.as_view({"post": "exchange"})),
    path("token/provider/<str:provider>", TokenProvider.as_view({"post": "refresh"})),
    path("pat", Pat.as_view({"post": "create"})),
    path("signout", SignOut.as_view({"post": "sign_out"})),
    # Signing up
    path("signup/email-password", SignUpEmailPassword.as_view({"post": "sign_up"})),
    path("signup/passwordless/email", SignUpPasswordlessEmail.as_view({"post": "sign_up"})),
    path("signup/passwordless/sms", SignUpPasswordlessSms.as_view({"post": "sign_up"})),
    path("signup/otp/email", SignUpOtpEmail.as_view({"post": "sign_up"})),
    path("signup/webauthn", SignUpWebauthn.as_view({"post": "begin"})),
    path("signup/webauthn/verify", SignUpWebauthn.as_view({"post": "verify"})),
    path("signup/idtoken", SignUpIdtoken.as_view({"post": "sign_up"})),
    path("signup/provider/<str:provider>", SignUpProvider.as_view({"get": "start"})),
    # Signing in
    path("signin/email-password", SignInEmailPassword.as_view({"post": "sign_in"})),
    path("signin/anonymous", SignInAnonymous.as_view({"post": "sign_in"})),
    path("signin/passwordless/email", SignInPasswordlessEmail.as_view({"post": "send"})),
    path("signin/passwordless/sms", SignInPasswordlessSms.as_view({"post": "send"})),
    path("signin/passwordless/sms/otp", SignInPasswordlessSms.as_view({"post": "otp"})),
    path("signin/otp/email", SignInOtpEmail.as_view({"post": "send"})),
    path("signin/otp/email/verify", SignInOtpEmail.as_view({"post": "verify"})),
    path("signin/webauthn", SignInWebauthn.as_view({"post": "begin"})),
    path("signin/webauthn/verify", SignInWebauthn.as_view({"post": "verify"})),
    path("signin/pat", SignInPat.as_view({"post": "sign_in"})),
    path("signin/idtoken", SignInIdtoken.as_view({"post": "sign_in"})),
    path("signin/provider/<str:provider>", SignInProvider.as_view({"get": "start"})),
    path(
        "signin/provider/<str:provider>/callback",
        SignInProvider.as_view({"get": "come_back", "post": "come_back_by_form"}),
    ),
    path("signin/provider/<str:provider>/callback/tokens", SignInProvider.as_view({"get": "tokens"})),
    path("signin/mfa/totp", SignInMfaTotp.as_view({"post": "sign_in"})),
    path("verify", Verify.as_view({"get": "open", "post": "follow"})),
    # The signed-in user
    path("link/idtoken", LinkIdtoken.as_view({"post": "link"})),
    path("user/deanonymize", UserDeanonymize.as_view({"post": "deanonymize"})),
    path("user/deanonymize/sms", UserDeanonymize.as_view({"post": "sms"})),
    path("user/phone-number/change", UserPhoneNumber.as_view({"post": "change"})),
    path("user/phone-number/change/verify", UserPhoneNumber.as_view({"post": "verify"})),
    path("user/email/change", UserEmail.as_view({"post": "change"})),
    path("user/email/send-verification-email", UserEmail.as_view({"post": "send_verification"})),
    path("user/password", UserPassword.as_view({"post": "change"})),
    path("user/password/reset", UserPassword.as_view({"post": "reset"})),
    path("user/mfa", UserMfa.as_view({"post": "change"})),
    path("mfa/totp/generate", MfaTotp.as_view({"get": "generate"})),
    path("mfa/recovery-codes", MfaRecoveryCodes.as_view({"get": "show", "post": "generate"})),
    path("user/sessions", UserSessions.as_view({"get": "list"})),
    path("user/sessions/<uuid:session_id>", UserSessions.as_view({"delete": "end"})),
    path("user/webauthn/add", UserWebauthn.as_view({"post": "add"})),
    path("user/webauthn/verify", UserWebauthn.as_view({"post": "verify"})),
    path("user/webauthn/keys", UserWebauthn.as_view({"get": "list"})),
    path("user/webauthn/keys/<uuid:key_id>", UserWebauthn.as_view({"patch": "rename", "delete": "remove"})),
    # More proof
    path("elevate", Elevate.as_view({"get": "show"})),
    path("elevate/webauthn", Elevate.as_view({"post": "begin_webauthn"})),
    path("elevate/webauthn/verify", Elevate.as_view({"post": "verify_webauthn"})),
    path("elevate/totp", Elevate.as_view({"post": "totp"})),
    path("elevate/otp/email", Elevate.as_view({"post": "send_email"})),
    path("elevate/otp/email/verify", Elevate.as_view({"post": "verify_email"})),
    path("elevate/otp/sms", Elevate.as_view({"post": "send_sms"})),
    path("elevate/otp/sms/verify", Elevate.as_view({"post": "verify_sms"})),
    # Other applications sign people in here
    path(".well-known/openid-configuration", Discovery.as_view({"get": "openid_configuration"})),
    path(".well-known/oauth-authorization-server", Discovery.as_view({"get": "oauth_authorization_server"})),
    path("oauth2/authorize", Authorize.as_view({"get": "ask", "post": "ask_by_form"})),
    path("oauth2/login", Login.as_view({"get": "show", "post": "agree"})),
    path("oauth2/login/refuse", Login.as_view({"post": "refuse"})),
    path("oauth2/token", OAuth2Token.as_view({"post": "issue"})),
    path("oauth2/userinfo", Userinfo.as_view({"get": "show", "post": "show_by_post"})),
    path("oauth2/jwks", Discovery.as_view({"get": "jwks"})),
    path("oauth2/revoke", Revoke.as_view({"post": "revoke"})),
    path("oauth2/introspect", Introspect.as_view({"post": "introspect"})),
    path("oauth2/device_authorization", DeviceAuthorization.as_view({"post": "ask"})),
    path("oauth2/device", Device.as_view({"get": "show", "post": "answer"})),
    path("oauth2/logout", Logout.as_view({"get": "end", "post": "end_by_form"})),
    path("oauth2/register", Register.as_view({"post": "register"})),
    path("user/applications", UserApplications.as_view({"get": "list"})),
    path("user/applications/<uuid:application_id>", UserApplications.as_view({"delete": "revoke"})),
    # The server
    path("healthz", Healthz.as_view({"get": "check", "head": "head"})),
    path("version", Version.as_view({"get": "show"})),
    path(".well-known/jwks.json", WellKnownJwks.as_view({"get": "show"})),
]
