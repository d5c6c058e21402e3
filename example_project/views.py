from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from example_project.models import InboxMessage
from nhost_auth.conf import conf
from nhost_auth.infra.providers import PROVIDERS, is_enabled

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
        "passkeys": settings.AUTH_WEBAUTHN_ENABLED,
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
    ways = {
        "anonymous": conf.AUTH_ANONYMOUS_USERS_ENABLED,
        "email_code": conf.AUTH_OTP_EMAIL_ENABLED,
        "magic_link": conf.AUTH_EMAIL_PASSWORDLESS_ENABLED,
        "passkeys": conf.AUTH_WEBAUTHN_ENABLED,
        "second_factor": conf.AUTH_MFA_ENABLED or conf.AUTH_TOTP_ENABLED,
        "sms_code": conf.AUTH_SMS_PASSWORDLESS_ENABLED,
    }
    return _with_script(request, "app", ways=ways, providers=_providers(), server=settings.AUTH_SERVER_URL)


def _providers() -> list[tuple[str, str]]:
    """The social providers that are switched on, with names for people."""
    slugs = [slug for slug in PROVIDERS if is_enabled(slug)] + [f"c:{slug}" for slug in conf.AUTH_PROVIDER_CUSTOM or ()]
    return [(slug, slug.removeprefix("c:").replace("-", " ").capitalize()) for slug in slugs]


def passkeys(request: HttpRequest) -> HttpResponse:
    """Signing up, in and on with passkeys; a script of the page does it by the API alone."""
    if not settings.AUTH_WEBAUTHN_ENABLED:
        raise Http404("AUTH_WEBAUTHN_ENABLED is off.")
    return _with_script(request, "passkeys")


def _with_script(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """A page whose script asks the API, under a host that browsers let use WebAuthn."""
    host, colon, port = request.get_host().partition(":")
    if host == IP_ADDRESS:  # they refuse an address without a name
        return redirect(f"{request.scheme}://localhost{colon}{port}{request.get_full_path()}")
    prefix = settings.AUTH_API_PREFIX.strip("/")
    context |= {"api": f"/{prefix}" if prefix else "", "inbox": settings.DEMO_INBOX}
    page = render(request, f"example_project/{name}.html", context)
    page.headers["Content-Security-Policy"] = SCRIPT_POLICY
    return page
