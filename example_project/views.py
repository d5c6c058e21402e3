from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from example_project.models import InboxMessage

NEWEST = 50


def index(request: HttpRequest) -> HttpResponse:
    """What runs here, and how the last mailed link ended."""
    context = {
        "api": settings.AUTH_SERVER_URL,
        "inbox": settings.DEMO_INBOX,
        "failed": request.GET.get("errorDescription"),
        "followed": request.GET.get("type"),
    }
    return render(request, "example_project/index.html", context)


def inbox(request: HttpRequest) -> HttpResponse:
    """The newest mails and SMS, with clickable links."""
    if not settings.DEMO_INBOX:
        raise Http404("Mails go to AUTH_SMTP_HOST, SMS to AUTH_SMS_PROVIDER.")
    return render(request, "example_project/inbox.html", {"messages": InboxMessage.objects.all()[:NEWEST]})
