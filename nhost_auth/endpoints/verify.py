"""GET /verify: where mailed links lead (accounts.md 3.22).

With AUTH_VERIFY_CONFIRM_PAGE the link shows an inert page first, and POST /verify does the rest: scanners that open
the links of a mail do not use them up.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import get_language_from_request

from nhost_auth.conf import conf
from nhost_auth.errors import InvalidRequest, RedirectToNotAllowed
from nhost_auth.flows import links, sessions
from nhost_auth.flows.redirects import ensure_redirect, parse_target, with_query
from nhost_auth.http import payloads
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.inputs import CHALLENGE_PATTERN, Query, Text
from nhost_auth.models import PkceCode

LINK_TYPES = ("emailVerify", "emailConfirmChange", "signinPasswordless", "passwordReset")


class FollowQuery(Query):
    ticket = Text()
    redirectTo = Text()
    type = Text(enum=LINK_TYPES, required=False)
    codeChallenge = Text(required=False)


class Verify(Endpoint):
    stories = {
        "open": Story(
            operation="verifyTicketURL",
            query=FollowQuery,
            limits=("brute_force",),
            answer=payloads.Redirect | payloads.Page,
            errors=(InvalidRequest, RedirectToNotAllowed),
        ),
        "follow": Story(
            operation="followTicket",
            query=FollowQuery,
            exists_with="AUTH_VERIFY_CONFIRM_PAGE",
            limits=("brute_force",),
            answer=payloads.Redirect,
            errors=(InvalidRequest, RedirectToNotAllowed),
        ),
    }

    def open(self, **query: Any) -> Any:
        """Follow a mailed link.

        Sends the browser on to `redirectTo` with a refresh token, with a `code` for `POST /token/exchange` where there
        is a `codeChallenge`, with an `mfaTicket` for `POST /signin/mfa/totp`, or with an error. With
        `AUTH_VERIFY_CONFIRM_PAGE` it shows a page whose button does that.
        """
        if conf.AUTH_VERIFY_CONFIRM_PAGE:
            return payloads.Page("nhost_auth/verify.html", get_language_from_request(self.request._request))
        return self.follow(**query)

    def follow(
        self,
        ticket: str,
        redirect_to: str,
        type: str | None = None,  # noqa: A002 - Nhost's name; the ticket itself says what it is for
        code_challenge: str | None = None,
    ) -> Any:
        """Follow a mailed link after the page that asks.

        What the button of the page does that `GET` shows.
        """
        if parse_target(redirect_to) is None:
            raise InvalidRequest
        self.error_target = conf.AUTH_CLIENT_URL or None
        self.error_target = ensure_redirect(redirect_to)
        account, kind = links.follow(ticket)
        if code_challenge is None:
            opened = sessions.start(account, self.client, method=kind)
            if isinstance(opened, sessions.SecondStep):
                return payloads.Redirect(with_query(redirect_to, mfaTicket=opened.ticket, type=kind))
            return payloads.Redirect(with_query(redirect_to, refreshToken=opened.refresh_token, type=kind))
        if not re.fullmatch(CHALLENGE_PATTERN, code_challenge):
            raise InvalidRequest
        code = PkceCode.objects.issue(account, code_challenge, redirect_to)
        return payloads.Redirect(with_query(redirect_to, code=code, type=kind))
