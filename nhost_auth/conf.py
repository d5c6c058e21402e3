"""Every setting, one line each, named as Nhost names the variable; `AUTH_X` is a plain Django setting.

    from nhost_auth.conf import conf
    conf.AUTH_DISABLE_SIGNUP

Times are seconds unless a line says otherwise. A line marked `planned` is known, so that one environment serves
Nhost's server and this app alike, but the feature behind it is not in this version (a system check says so).
Source: configuration.md section 1; lines under "Ours" have no counterpart at Nhost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from nhost_auth.setting_kinds import (
    KEEP_DEFAULT,
    Bool,
    Choice,
    Duration,
    Int,
    Json,
    KeyList,
    List,
    Setting,
    Str,
    Uint,
)

PROVIDER_SCOPES = {
    "APPLE": "name,email",
    "AZUREAD": "email,profile,openid,offline_access",
    "BITBUCKET": "account",
    "DISCORD": "identify,email",
    "ENTRAID": "email,profile,openid,offline_access",
    "FACEBOOK": "email",
    "GITHUB": "user:email",
    "GITLAB": "read_user",
    "GOOGLE": "openid,email,profile",
    "LINKEDIN": "openid,profile,email",
    "SPOTIFY": "user-read-email,user-read-private",
    "STRAVA": "profile:read_all",
    "TWITCH": "user:read:email",
    "WINDOWS_LIVE": "wl.basic,wl.emails",
}
GRAVATAR_DEFAULTS = "blank identicon monsterid wavatar retro robohash mp 404"


class Conf:
    # Server
    AUTH_API_PREFIX = Str("", "path prefix of the demo server; in a project of your own urls.py decides")
    AUTH_PORT = Str("4000", "port of the demo server")
    AUTH_SERVER_URL = Str("", "public base URL of this API, prefix included: mail links and the token issuer")
    AUTH_CLIENT_URL = Str("", "front end's base URL: default redirect target, always allowed")
    AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = List([], "further redirect targets; * and ** are wildcards")
    AUTH_CONCEAL_ERRORS = Bool(False, "revealing errors become 400 invalid-request")
    AUTH_ENABLE_CHANGE_ENV = Bool(False, "Nhost's test route; never offered here")
    AUTH_DEBUG = Bool(False, "debug log level of the demo; elsewhere LOGGING = logging_config(debug=True)")
    AUTH_LOG_FORMAT_TEXT = Bool(False, "text instead of JSON logs of the demo; elsewhere LOGGING = logging_config(text=True)")
    AUTH_ENCRYPTION_KEY = KeyList([], "hex AES keys (16, 24 or 32 bytes) of stored secrets; unset: derived from SECRET_KEY")

    # Storage and Hasura, read by Nhost's server; a Django project has DATABASES
    POSTGRES_CONNECTION = Str("", "Nhost's database, which auth_import_nhost reads")
    HASURA_GRAPHQL_DATABASE_URL = Str("", "Nhost's database, which auth_import_nhost reads")
    POSTGRES_MIGRATIONS_CONNECTION = Str("", "without meaning here")
    HASURA_GRAPHQL_GRAPHQL_URL = Str("", "GraphQL endpoint that custom claims may be asked of")
    HASURA_GRAPHQL_ADMIN_SECRET = Str("", "sent to that endpoint")

    # Sign-up, users, roles, locales, passwords, avatars
    AUTH_DISABLE_SIGNUP = Bool(False, "nobody new is created: 403 signup-disabled")
    AUTH_DISABLE_AUTO_SIGNUP = Bool(False, "signing in never creates unknown users; explicit sign-up still does")
    AUTH_DISABLE_NEW_USERS = Bool(False, "new users are stored disabled: 401 disabled-user")
    AUTH_ANONYMOUS_USERS_ENABLED = Bool(False, "POST /signin/anonymous")
    AUTH_USER_DEFAULT_ROLE = Str("user", "default role of new users")
    AUTH_USER_DEFAULT_ALLOWED_ROLES = List(["me"], "roles of new users; the default role always belongs to them")
    AUTH_LOCALE_DEFAULT = Str("en", "locale of new users and fallback of mail templates")
    AUTH_LOCALE_ALLOWED_LOCALES = List(["en"], "accepted locales; the default always belongs to them")
    AUTH_EMAIL_SIGNIN_EMAIL_VERIFIED_REQUIRED = Bool(True, "an e-mail address must be verified before signing in")
    AUTH_PASSWORD_MIN_LENGTH = Int(3, "least length of a password in UTF-8 bytes")
    AUTH_PASSWORD_HIBP_ENABLED = Bool(False, "refuse passwords that Have I Been Pwned lists")
    AUTH_ACCESS_CONTROL_BLOCKED_EMAILS = List([], "addresses that may not sign up or in")
    AUTH_ACCESS_CONTROL_BLOCKED_EMAIL_DOMAINS = List([], "domains that may not sign up or in")
    AUTH_ACCESS_CONTROL_ALLOWED_EMAILS = List([], "when any allow-list is set, only its addresses may")
    AUTH_ACCESS_CONTROL_ALLOWED_EMAIL_DOMAINS = List([], "when any allow-list is set, only its domains may")
    AUTH_GRAVATAR_ENABLED = Bool(True, "fill avatarUrl at sign-up")
    AUTH_GRAVATAR_DEFAULT = Choice("blank", GRAVATAR_DEFAULTS, "picture of an address without Gravatar")
    AUTH_GRAVATAR_RATING = Choice("g", "g pg r x", "strongest rating shown")

    # Sign-in methods
    AUTH_EMAIL_PASSWORDLESS_ENABLED = Bool(False, "magic links")
    AUTH_OTP_EMAIL_ENABLED = Bool(False, "one-time codes by e-mail")
    AUTH_SMS_PASSWORDLESS_ENABLED = Bool(False, "one-time codes by SMS")
    AUTH_MFA_ENABLED = Bool(False, "TOTP second factor")
    AUTH_TOTP_ENABLED = Bool(False, "newer name of AUTH_MFA_ENABLED")
    AUTH_MFA_TOTP_ISSUER = Str("auth", "issuer shown by authenticator apps")
    AUTH_TOTP_ISSUER = Str("", "newer name of AUTH_MFA_TOTP_ISSUER")
    AUTH_REQUIRE_ELEVATED_CLAIM = Choice("disabled", "disabled recommended required", "proof asked for before sensitive changes")

    # Tokens and sessions
    HASURA_GRAPHQL_JWT_SECRET = Json("one pinned key: type, key, signing_key, kid, issuer, claims_namespace; unset: keys in the database")
    AUTH_ACCESS_TOKEN_EXPIRES_IN = Int(900, "life of an access token, seconds")
    AUTH_REFRESH_TOKEN_EXPIRES_IN = Int(2592000, "life of a refresh token, seconds, renewed by every refresh")
    AUTH_JWT_CUSTOM_CLAIMS = Json("claim name to path")
    AUTH_JWT_CUSTOM_CLAIMS_DEFAULTS = Json("claim name to value where the path finds none")

    # Mail
    AUTH_SMTP_HOST = Str("", "own SMTP server for these mails; unset: the project's e-mail backend")
    AUTH_SMTP_PORT = Uint(587, "its port")
    AUTH_SMTP_SECURE = Bool(False, "TLS from the first byte; STARTTLS is used whenever it is offered")
    AUTH_SMTP_USER = Str("", "its user")
    AUTH_SMTP_PASS = Str("", "its password")
    AUTH_SMTP_SENDER = Str("", "sender; unset: DEFAULT_FROM_EMAIL")
    AUTH_SMTP_X_SMTPAPI_HEADER = Str("", "content of an X-SMTPAPI header")
    AUTH_SMTP_AUTH_METHOD = Choice("PLAIN", "LOGIN PLAIN CRAM-MD5", "accepted; the strongest method both sides know is used")
    AUTH_EMAIL_TEMPLATES_PATH = Str("", "folder of Nhost-style templates, <locale>/<template>/{subject.txt,body.html}; they win")

    # SMS
    AUTH_SMS_PROVIDER = Str("twilio", "twilio, modica, generic, dev (log or files), memory (for tests), or the dotted path of a callable (to, text) of your own")
    AUTH_SMS_TWILIO_ACCOUNT_SID = Str("", "Twilio account")
    AUTH_SMS_TWILIO_AUTH_TOKEN = Str("", "Twilio token")
    AUTH_SMS_TWILIO_MESSAGING_SERVICE_ID = Str("", "Twilio sender")
    AUTH_SMS_MODICA_USERNAME = Str("", "Modica user")
    AUTH_SMS_MODICA_PASSWORD = Str("", "Modica password")
    AUTH_SMS_GENERIC_URL = Str("", "webhook")
    AUTH_SMS_GENERIC_CONTENT_TYPE = Str("application/json", "its content type")
    AUTH_SMS_GENERIC_HEADERS = Json("its further headers")
    AUTH_SMS_GENERIC_TIMEOUT = Duration(10.0, "its time-out")
    AUTH_SMS_GENERIC_BODY_TEMPLATE = Str("", "its body, with ${to} and ${body}")
    AUTH_SMS_DEV_OUTPUT_DIR = Str("", "folder that the dev provider writes to")

    # WebAuthn
    AUTH_WEBAUTHN_ENABLED = Bool(False, "passkeys")
    AUTH_WEBAUTHN_RP_NAME = Str("", "display name; unset: the relying party id")
    AUTH_WEBAUTHN_RP_ID = Str("", "relying party id; unset: host of AUTH_CLIENT_URL")
    AUTH_WEBAUTHN_RP_ORIGINS = List([], "origins of the pages, https://… or android:apk-key-hash:…, whose answers count; AUTH_CLIENT_URL's belongs to them")
    AUTH_WEBAUTHN_ATTESTATION_TIMEOUT = Int(60000, "life of a challenge, milliseconds")

    # Limits and bot protection
    AUTH_RATE_LIMIT_ENABLE = Bool(False, "rate limits: 429 with Retry-After")
    AUTH_RATE_LIMIT_GLOBAL_BURST = Int(100, "requests per address")
    AUTH_RATE_LIMIT_GLOBAL_INTERVAL = Duration(60.0, "in this time")
    AUTH_RATE_LIMIT_EMAIL_BURST = Int(10, "requests that send mail")
    AUTH_RATE_LIMIT_EMAIL_INTERVAL = Duration(3600.0, "in this time")
    AUTH_RATE_LIMIT_EMAIL_IS_GLOBAL = Bool(False, "one counter for all addresses")
    AUTH_RATE_LIMIT_SMS_BURST = Int(10, "requests that send SMS")
    AUTH_RATE_LIMIT_SMS_INTERVAL = Duration(3600.0, "in this time")
    AUTH_RATE_LIMIT_BRUTE_FORCE_BURST = Int(10, "requests that can guess a secret")
    AUTH_RATE_LIMIT_BRUTE_FORCE_INTERVAL = Duration(300.0, "in this time")
    AUTH_RATE_LIMIT_SIGNUPS_BURST = Int(10, "sign-ups")
    AUTH_RATE_LIMIT_SIGNUPS_INTERVAL = Duration(300.0, "in this time")
    AUTH_RATE_LIMIT_OAUTH2_SERVER_BURST = Int(100, "requests of OAuth2 clients")
    AUTH_RATE_LIMIT_OAUTH2_SERVER_INTERVAL = Duration(300.0, "in this time")
    AUTH_RATE_LIMIT_MEMCACHE_SERVER = Str("", "host:port of the counters; unset: AUTH_RATE_LIMIT_STORAGE")
    AUTH_RATE_LIMIT_MEMCACHE_PREFIX = Str("", "put before each key there")
    AUTH_TURNSTILE_SECRET = Str("", "turns on Cloudflare Turnstile for sign-ups and what sends messages")

    # Social providers
    for _x, _scopes in PROVIDER_SCOPES.items():
        vars()[f"AUTH_PROVIDER_{_x}_ENABLED"] = Bool(False, "offers this provider")
        vars()[f"AUTH_PROVIDER_{_x}_CLIENT_ID"] = Str("", "client id")
        vars()[f"AUTH_PROVIDER_{_x}_SCOPE"] = List(_scopes.split(","), "scopes asked for")
        if _x != "APPLE":
            vars()[f"AUTH_PROVIDER_{_x}_CLIENT_SECRET"] = Str("", "client secret")
    AUTH_PROVIDER_APPLE_TEAM_ID = Str("", "Apple team")
    AUTH_PROVIDER_APPLE_KEY_ID = Str("", "Apple key id")
    AUTH_PROVIDER_APPLE_PRIVATE_KEY = Str("", "Apple key: PEM, escaped PEM or base64")
    AUTH_PROVIDER_APPLE_AUDIENCE = List([], "audiences of Apple ID tokens")
    AUTH_PROVIDER_GOOGLE_AUDIENCE = List([], "audiences of Google ID tokens")
    AUTH_PROVIDER_AZUREAD_TENANT = Str("common", "tenant")
    AUTH_PROVIDER_ENTRAID_TENANT = Str("common", "tenant")
    AUTH_PROVIDER_GITHUB_AUTHORIZATION_URL = Str("https://github.com/login/oauth/authorize", "sign-in page")
    AUTH_PROVIDER_GITHUB_TOKEN_URL = Str("https://github.com/login/oauth/access_token", "token endpoint")
    AUTH_PROVIDER_GITHUB_USER_PROFILE_URL = Str("https://api.github.com/user", "profile endpoint")
    AUTH_PROVIDER_TWITTER_ENABLED = Bool(False, "offers this provider")
    AUTH_PROVIDER_TWITTER_CONSUMER_KEY = Str("", "consumer key")
    AUTH_PROVIDER_TWITTER_CONSUMER_SECRET = Str("", "consumer secret")
    AUTH_PROVIDER_WORKOS_ENABLED = Bool(False, "offers this provider")
    AUTH_PROVIDER_WORKOS_CLIENT_ID = Str("", "client id")
    AUTH_PROVIDER_WORKOS_CLIENT_SECRET = Str("", "client secret")
    AUTH_PROVIDER_WORKOS_DEFAULT_ORGANIZATION = Str("", "organization parameter")
    AUTH_PROVIDER_WORKOS_DEFAULT_CONNECTION = Str("", "connection parameter")
    AUTH_PROVIDER_WORKOS_DEFAULT_DOMAIN = Str("", "domain parameter")
    AUTH_PROVIDER_CUSTOM = Json("slug to an OpenID Connect or OAuth2 provider of your own")

    # OAuth2 and OpenID Connect provider
    AUTH_OAUTH2_PROVIDER_ENABLED = Bool(False, "other applications sign people in here")
    AUTH_OAUTH2_PROVIDER_LOGIN_URL = Str("", "consent page; unset: AUTH_CLIENT_URL + /oauth2/login")
    AUTH_OAUTH2_PROVIDER_ACCESS_TOKEN_TTL = Int(900, "life of its access tokens, seconds")
    AUTH_OAUTH2_PROVIDER_REFRESH_TOKEN_TTL = Int(2592000, "life of its refresh tokens, seconds")
    AUTH_OAUTH2_PROVIDER_CIMD_ENABLED = Bool(False, "a client id may be the URL of a document that describes the application")
    AUTH_OAUTH2_PROVIDER_CIMD_ALLOW_INSECURE_TRANSPORT = Bool(False, "for development: such URLs may be http and behind the firewall, certificates are not verified")

    # Ours
    AUTH_REFRESH_TOKEN_REUSE_WINDOW = Int(10, "a spent refresh token answers with its own successor for this long; 0 as Nhost")
    AUTH_REFRESH_TOKEN_REUSE_DETECTION = Bool(True, "a spent refresh token shown later ends its session; False as Nhost")
    AUTH_ACCESS_TOKEN_SESSION_BOUND = Bool(False, "access tokens name their session (sid) and are refused once it has ended, which costs a statement; further proof replaces the session it was asked from; False: they last their time, as Nhost's")
    AUTH_REFRESH_TOKEN_MAX_LIFETIME = Int(0, "a session ends this long after its start, however often refreshed; 0: never")
    AUTH_SIGNING_ALGORITHM = Choice("RS256", "RS256 RS384 RS512 ES256 EdDSA", "algorithm of new signing keys in the database")
    AUTH_KEYRING_TTL = Int(5, "how long a process trusts its copy of the database's signing keys, seconds")
    AUTH_SIGNING_KEY_MAX_AGE = Int(0, "age at which a signing key of the database is replaced by itself, seconds; 0: never, auth_keys rotates")
    AUTH_SIGNING_KEY_PUBLISH_AHEAD = Int(300, "how long a new signing key is published before it signs, seconds: as long as others keep our JWKS")
    AUTH_AUDIT_ENABLED = Bool(True, "what happens to accounts and keys is written to an audit trail")
    AUTH_PASSWORD_HASHER = Str("", "dotted path of the hasher of new passwords; unset: the first of PASSWORD_HASHERS if the project sets it, else Argon2id as OWASP advises")
    AUTH_PASSWORD_HASHES_AT_ONCE = Int(4, "passwords hashed at one moment in each process, others wait: as many times 19 MiB; 0: any number, as Nhost")
    AUTH_PASSWORD_MAX_LENGTH = Int(50, "greatest length of a password in UTF-16 units; Nhost has 50")
    AUTH_PASSWORD_HIBP_FAIL_OPEN = Bool(False, "take a new password when Have I Been Pwned cannot be asked; False: 500 as Nhost")
    AUTH_PASSWORD_CHANGE_REVOKES_PATS = Bool(False, "a new password revokes personal access tokens, as it ends sessions; False as Nhost")
    AUTH_OTP_DAILY_WRONG_GUESSES = Int(100, "wrong one-time codes an account takes in a day, however often a new one is asked for; a right one starts the count anew; 0: any number, as Nhost")
    AUTH_CONCEAL_ACCOUNTS = Bool(False, "whoever asks for a mail or SMS hears OK, whatever stands against the account of that address; False: errors tell, as at Nhost, AUTH_CONCEAL_ERRORS or not")
    AUTH_MFA_REQUIRED_EVERYWHERE = Bool(False, "every way in asks users who have a second factor for it, links, codes and provider sign-ins too; False: only the password does, as Nhost")
    AUTH_MFA_REQUIRED_FOR_PAT = Bool(False, "with AUTH_MFA_REQUIRED_EVERYWHERE personal access tokens ask for it too")
    AUTH_WEBAUTHN_REQUIRE_USER_VERIFICATION = Bool(False, "a key has to know its user by PIN, finger or face; False: that somebody touches it is enough, as Nhost")
    AUTH_WEBAUTHN_TOP_ORIGINS = List([], "sites in whose frames keys may be used; * is any; none: answers from a frame are refused")
    AUTH_WEBAUTHN_REFUSE_COUNTER_REGRESSION = Bool(False, "a key that stays on one device is refused once its counter went back, for it may be a copy")
    AUTH_WEBAUTHN_CONCEAL_KEYS = Bool(False, "POST /signin/webauthn answers every address alike, with made-up keys where there are none; False: unknown addresses get an error, as Nhost")
    AUTH_PROVIDER_BIND_BROWSER = Bool(True, "who comes back from a provider has to use the browser that went there, told by a cookie; False as Nhost")
    AUTH_LINK_EVICT_UNVERIFIED = Bool(False, "somebody whose provider has verified an address takes the account that holds it unverified; its password, sessions, tokens and keys go; False: both share it, as at Nhost")
    AUTH_OAUTH2_PROVIDER_TOKENS_EVERYWHERE = Bool(False, "tokens of applications pass at our own endpoints and the host's; False: those with the scope graphql alone; True as Nhost")
    AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED = Bool(False, "devices without a browser sign people in by a code that is typed in elsewhere: RFC 8628")
    AUTH_OAUTH2_PROVIDER_DEVICE_URL = Str("", "page that takes those codes; unset: AUTH_CLIENT_URL + /oauth2/device")
    AUTH_OAUTH2_PROVIDER_LOGOUT_ENABLED = Bool(False, "applications send browsers here to sign out: OpenID Connect RP-Initiated Logout")
    AUTH_OAUTH2_PROVIDER_LOGOUT_URL = Str("", "page that browsers go on to then; unset: AUTH_CLIENT_URL + /oauth2/logout")
    AUTH_OAUTH2_PROVIDER_REGISTRATION_ENABLED = Bool(False, "users register applications: RFC 7591")
    AUTH_OAUTH2_PROVIDER_REGISTRATION_LIMIT = Int(10, "applications that an account may have registered")
    AUTH_OUTBOUND_PRIVATE_HOSTS = List([], "hosts that providers of one's own may have behind the firewall; all others have to be at public addresses")
    AUTH_EMAIL_DELIVERY = Choice("now", "now task", "mails leave within the request, or as a task of Django's tasks framework")
    AUTH_VERIFY_CONFIRM_PAGE = Bool(False, "GET /verify shows a page whose button follows the link: mail scanners cannot use it up; mails carry a code too")
    AUTH_USER_FACTORY = Str("", "dotted path of a callable that makes the host's unsaved user from field values; unset: the user model itself")
    AUTH_JWT_CUSTOM_CLAIMS_SOURCE = Str("django", "where custom claims come from: django follows their paths over the models, graphql asks Hasura; or the dotted path of a callable that maps an account to claim names and values")
    AUTH_EMAIL_CHANGE_NOTICES = Bool(False, "a mail tells people that their password, address, second factor, keys, tokens or providers were changed; Nhost tells nothing")
    AUTH_EMAIL_SECRET_HEADERS = Bool(True, "mails carry X-Ticket and X-Link as Nhost's do; every relay can log them")
    AUTH_RATE_LIMIT_STORAGE = Str("", "where rate limits are counted: redis://host:6379/0, rediss, redis+unix, memcached or memory://; unset: AUTH_RATE_LIMIT_MEMCACHE_SERVER, else the memory of each process")
    AUTH_RATE_LIMIT_ACCOUNT_BURST = Int(100, "passwords tried at one account, from however many addresses, when rate limits are on; 0: any number, as Nhost")
    AUTH_RATE_LIMIT_ACCOUNT_INTERVAL = Duration(3600.0, "in this time")
    AUTH_RATE_LIMIT_RECIPIENT_BURST = Int(20, "requests for messages to one e-mail address or number, from however many addresses, when rate limits are on; 0: any number, as Nhost")
    AUTH_RATE_LIMIT_RECIPIENT_INTERVAL = Duration(3600.0, "in this time")
    AUTH_TRUSTED_PROXY_COUNT = Int(0, "proxies of yours in front of the server: the client's address is that entry of X-Forwarded-For, from the right; 0: the address of the connection")
    AUTH_TRUSTED_PROXY_HEADER = Str("", "a header that your proxy always sets to the client's address, X-Real-IP or CF-Connecting-IP, in the place of X-Forwarded-For")
    AUTH_TURNSTILE_URL = Str("https://challenges.cloudflare.com/turnstile/v0/siteverify", "who is asked about a Turnstile response")
    AUTH_CORS_ALLOWED_ORIGINS = List([], "origins whose pages may read answers, with * in the first label of the host; AUTH_CLIENT_URL's belongs to them; none: any origin, as Nhost")
    AUTH_REQUEST_MAX_BYTES = Int(262144, "greatest size of a request body")
    AUTH_REQUEST_MAX_DEPTH = Int(31, "deepest nesting of a request body; MariaDB stores no JSON that is nested deeper than 31")
    AUTH_REQUEST_MAX_ITEMS = Int(100, "most items of a list in a request body, roles for example")
    AUTH_METADATA_MAX_BYTES = Int(16384, "greatest size of the metadata of an account or a personal access token, as JSON")


conf = Conf()


def all_settings() -> Iterator[Setting[Any]]:
    """Every setting in the order of this file."""
    return (kind for kind in vars(Conf).values() if isinstance(kind, Setting))


def from_env(environ: Mapping[str, str]) -> dict[str, Any]:
    """The Django settings that an environment written for Nhost's server stands for, names to values.

    Only variables that are set are in it. Raises ImproperlyConfigured for a value Nhost would refuse to start with.
    """
    found = {}
    for setting in all_settings():
        if setting.name not in environ:
            continue
        try:
            value = setting.parse(environ[setting.name])
        except ValueError:
            # The text itself may be a secret: say which variable, not what it holds.
            raise ImproperlyConfigured(f"{setting.name} has to be {setting.expects}") from None
        if value is not KEEP_DEFAULT:
            found[setting.name] = value
    return found
