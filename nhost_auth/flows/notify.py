"""Every message that leaves, one function each (accounts.md 1.17).

A mail leaves once the change it tells of is committed. A failure to send raises there and then: the change stays.
Where mails wait in the database they are put there with the change, in its transaction (outbox.py).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.html import escape

from nhost_auth.conf import conf
from nhost_auth.errors import CannotSendSms
from nhost_auth.flows import audit
from nhost_auth.flows.redirects import with_query
from nhost_auth.infra import mail, mail_templates, sms
from nhost_auth.models import Account

logger = logging.getLogger("nhost_auth.mail")


def email_verify(
    account: Account,
    ticket: str,
    *,
    to: str,
    redirect_to: str,
    code_challenge: str | None,
    code: str = "",
    robust: bool = False,
) -> None:
    """Asks the owner of a new address to prove it, by the link or by a code; `robust` lets a failure pass, logged."""
    link = _link("emailVerify", ticket, redirect_to, code_challenge)
    _send("email-verify", account, to=to, ticket=ticket, link=link, redirect_to=redirect_to, code=code, robust=robust)


def sign_in_link(
    account: Account, ticket: str, *, to: str, redirect_to: str, code_challenge: str | None, code: str = ""
) -> None:
    """A magic link, and a code that does the same."""
    link = _link("signinPasswordless", ticket, redirect_to, code_challenge)
    _send("signin-passwordless", account, to=to, ticket=ticket, link=link, redirect_to=redirect_to, code=code)


def sign_in_code(account: Account, code: str, *, to: str, redirect_to: str) -> None:
    """A one-time code; the templates know it as the ticket."""
    _send("signin-otp", account, to=to, ticket=code, link="", redirect_to=redirect_to)


def email_confirm_change(
    account: Account, ticket: str, *, to: str, redirect_to: str, code_challenge: str | None
) -> None:
    """Asks the owner of a new address to confirm that it replaces the old one."""
    link = _link("emailConfirmChange", ticket, redirect_to, code_challenge)
    _send("email-confirm-change", account, to=to, ticket=ticket, link=link, redirect_to=redirect_to, new_email=to)


def password_reset(account: Account, ticket: str, *, to: str, redirect_to: str, code_challenge: str | None) -> None:
    """A link that signs in, so that a new password can be set."""
    link = _link("passwordReset", ticket, redirect_to, code_challenge)
    _send("password-reset", account, to=to, ticket=ticket, link=link, redirect_to=redirect_to)


def test_mail(*, to: str) -> None:
    """Shows an operator that mails arrive. Raises MailNotSent, and whatever else a backend raises."""
    text = f"This mail shows that {conf.AUTH_SERVER_URL} can send mails."
    mail.deliver({"to": to, "subject": "Test mail", "text": text, "html": f"<p>{escape(text)}</p>"})


def account_changed(account: Account, change: str, *, to: str, new_email: str = "") -> None:
    """Tells of a change that somebody else may have made; `change` is one the templates know. A failure is logged."""
    _send(
        "account-changed",
        account,
        to=to,
        ticket="",
        link="",
        redirect_to="",
        new_email=new_email,
        change=change,
        robust=True,
    )


def phone_code(code: str, *, to: str, locale: str) -> None:
    """A one-time code by SMS. Raises CannotSendSms, with nothing stored yet that would have to be undone."""
    text = mail_templates.render_sms("signin-passwordless-sms", locale, {"code": code})
    try:
        sms.send(to, text)
    except sms.CannotSend as error:
        raise CannotSendSms from error
    audit.note("sms_sent")


def _link(kind: str, ticket: str, redirect_to: str, code_challenge: str | None) -> str:
    challenge = {"codeChallenge": code_challenge} if code_challenge else {}
    server = urlsplit(conf.AUTH_SERVER_URL)
    url = server._replace(path=server.path.rstrip("/") + "/verify").geturl()
    return with_query(url, redirectTo=redirect_to, ticket=ticket, type=kind, **challenge)


def _send(
    template: str,
    account: Account,
    *,
    to: str,
    ticket: str,
    link: str,
    redirect_to: str,
    new_email: str = "",
    code: str = "",
    change: str = "",
    robust: bool = False,
) -> None:
    variables = {
        "change": change,
        "clientUrl": conf.AUTH_CLIENT_URL,
        "code": code,
        "displayName": account.display_name,
        "email": (account.email or "") if new_email else to,
        "link": link,
        "newEmail": new_email,
        "redirectTo": redirect_to,
        "serverUrl": conf.AUTH_SERVER_URL,
        "ticket": ticket,
    }
    texts = mail_templates.render(template, account.locale, variables)
    message = {
        "to": to,
        "subject": texts.subject,
        "text": texts.text,
        "html": texts.html,
        "headers": _headers(template, variables),
    }
    if mail.wait_in_database():
        _deliver(template, message, account.pk)
        return
    # Not a partial: Django names what failed robustly, and a partial has no name.
    transaction.on_commit(lambda: _deliver(template, message, account.pk), robust=robust)


def _deliver(template: str, message: dict[str, Any], account_id: uuid.UUID) -> None:
    try:
        mail.deliver(message)
    except Exception as error:
        # Neither the address nor the link belongs into a log.
        fault = str(error) if isinstance(error, mail.MailNotSent) else type(error).__name__
        logger.error("A mail %s could not be sent: %s", template, fault)
        audit.note("mail_sent", account_id, outcome=audit.FAILED, template=template)
        raise
    audit.note("mail_sent", account_id, template=template)


def _headers(template: str, variables: Mapping[str, str]) -> dict[str, str]:
    headers = {"X-Email-Template": template, "X-Redirect-To": variables["redirectTo"]}
    if conf.AUTH_EMAIL_SECRET_HEADERS:
        headers |= {"X-Ticket": variables["ticket"], "X-Link": variables["link"]}
    if conf.AUTH_SMTP_X_SMTPAPI_HEADER:
        headers["X-SMTPAPI"] = conf.AUTH_SMTP_X_SMTPAPI_HEADER
    return headers
