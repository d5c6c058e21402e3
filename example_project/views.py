from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from example_project import provider
from example_project.models import InboxMessage
from example_project.provider_names import NAMES
from nhost_auth.conf import conf

NEWEST = 50
IP_ADDRESS = "127.0.0.1"
# What a session in a page's hands has to fear is foreign script; form-action keeps addresses out of URLs without ours.
SCRIPT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def index(request: HttpRequest) -> HttpResponse:
    """What runs here, and how the last mailed link ended."""
    context = {
        "api": settings.AUTH_SERVER_URL,
        "inbox": settings.DEMO_INBOX,
        "failed": request.GET.get("errorDescription"),
        "followed": request.GET.get("type"),
    }
    return render(request, "example_project/index.html", context)


@xframe_options_sameorigin  # the app shows it beside
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest mails and SMS, with clickable links."""
    if not settings.DEMO_INBOX:
        raise Http404("Mails go to AUTH_SMTP_HOST, SMS to AUTH_SMS_PROVIDER.")
    context = {"messages": InboxMessage.objects.all()[:NEWEST], "framed": "framed" in request.GET}
    return render(request, "example_project/inbox.html", context)


def app(request: HttpRequest) -> HttpResponse:
    """Every way in, by @nhost/nhost-js; the ways that are switched off are left out."""
    host, colon, port = request.get_host().partition(":")
    if host == IP_ADDRESS:  # browsers refuse WebAuthn on an address without a name
        return redirect(f"{request.scheme}://localhost{colon}{port}{request.get_full_path()}")
    prefix = settings.AUTH_API_PREFIX.strip("/")
    context = {
        "ways": _ways(),
        "providers": _providers(),
        "id_token_page": provider.page_url(),
        "id_token_provider": f"c:{provider.SLUG}",
        "server": settings.AUTH_SERVER_URL,
        "api": f"/{prefix}" if prefix else "",
        "inbox": settings.DEMO_INBOX,
    }
    page = render(request, "example_project/app.html", context)
    page.headers["Content-Security-Policy"] = SCRIPT_POLICY
    return page


def _ways() -> dict[str, bool]:
    return {
        "applications": conf.AUTH_OAUTH2_PROVIDER_ENABLED,
        "anonymous": conf.AUTH_ANONYMOUS_USERS_ENABLED,
        "devices": conf.AUTH_OAUTH2_PROVIDER_ENABLED and conf.AUTH_OAUTH2_PROVIDER_DEVICE_ENABLED,
        "email_code": conf.AUTH_OTP_EMAIL_ENABLED,
        "logout": conf.AUTH_OAUTH2_PROVIDER_ENABLED and conf.AUTH_OAUTH2_PROVIDER_LOGOUT_ENABLED,
        "magic_link": conf.AUTH_EMAIL_PASSWORDLESS_ENABLED,
        "passkeys": conf.AUTH_WEBAUTHN_ENABLED,
        "second_factor": conf.AUTH_MFA_ENABLED or conf.AUTH_TOTP_ENABLED,
        "sms_code": conf.AUTH_SMS_PASSWORDLESS_ENABLED,
    }


def _providers() -> list[tuple[str, str]]:
    """The social providers that are switched on: their names in URLs, and for people."""
    on = [part for part in NAMES if getattr(conf, f"AUTH_PROVIDER_{part}_ENABLED")]
    built_in = [(part.replace("_", "").lower(), NAMES[part]) for part in on]
    own = [(f"c:{slug}", slug.replace("-", " ").capitalize()) for slug in conf.AUTH_PROVIDER_CUSTOM or ()]
    return built_in + own
