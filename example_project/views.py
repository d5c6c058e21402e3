from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from example_project.models import InboxMessage

NEWEST = 50
IP_ADDRESS = "127.0.0.1"
# What a session in a page's memory has to fear is foreign script; form-action keeps addresses out of URLs without ours.
SCRIPT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
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


def inbox(request: HttpRequest) -> HttpResponse:
    """The newest mails and SMS, with clickable links."""
    if not settings.DEMO_INBOX:
        raise Http404("Mails go to AUTH_SMTP_HOST, SMS to AUTH_SMS_PROVIDER.")
    return render(request, "example_project/inbox.html", {"messages": InboxMessage.objects.all()[:NEWEST]})


def passkeys(request: HttpRequest) -> HttpResponse:
    """Signing up, in and on with passkeys; a script of the page does it by the API alone."""
    if not settings.AUTH_WEBAUTHN_ENABLED:
        raise Http404("AUTH_WEBAUTHN_ENABLED is off.")
    host, colon, port = request.get_host().partition(":")
    if host == IP_ADDRESS:  # browsers refuse WebAuthn on an address without a name
        return redirect(f"{request.scheme}://localhost{colon}{port}{request.path}")
    prefix = settings.AUTH_API_PREFIX.strip("/")
    context = {"api": f"/{prefix}" if prefix else "", "inbox": settings.DEMO_INBOX}
    page = render(request, "example_project/passkeys.html", context)
    page.headers["Content-Security-Policy"] = SCRIPT_POLICY
    return page
