"""GET /signin/provider/<provider> sends the browser to a social provider; .../callback takes it back.

identity.md 4.1, 4.2, 4.4, 4.6. GET .../callback/tokens hands out what the provider gave, once.
"""

from __future__ import annotations

import re
from typing import Any

from nhost_auth.conf import conf
from nhost_auth.errors import InvalidRequest, OauthProviderError
from nhost_auth.flows import accounts, identities, outbox, provider_tokens, provider_visits, sessions
from nhost_auth.flows.provider_visits import Visit
from nhost_auth.flows.redirects import ensure_redirect, with_query
from nhost_auth.http import answers, refusals
from nhost_auth.http.departures import DepartingEndpoint, cookie_name
from nhost_auth.http.endpoint import Story
from nhost_auth.http.guards import bearer
from nhost_auth.http.inputs import CHALLENGE_PATTERN
from nhost_auth.http.payloads import Redirect
from nhost_auth.http.provider_queries import CallbackQuery, SignInQuery, ensure_provider
from nhost_auth.infra.providers.identity import Identity
from nhost_auth.models import Account, PkceCode


class SignInProvider(DepartingEndpoint):
    stories = {
        "start": Story(
            operation="signInProviderURL",
            query=SignInQuery,
            limits=("brute_force",),
            answer=Redirect,
            errors=refusals.DEPARTURE,
        ),
        "come_back": Story(
            operation="signInProviderCallbackGet",
            query=CallbackQuery,
            limits=("brute_force",),
            answer=Redirect,
            errors=refusals.UNKNOWN_PROVIDER,
        ),
        "come_back_by_form": Story(
            operation="signInProviderCallbackPost",
            form=CallbackQuery,
            limits=("brute_force",),
            answer=Redirect,
            errors=refusals.UNKNOWN_PROVIDER,
        ),
        "tokens": Story(
            operation="getProviderTokens",
            guard=bearer,
            limits=("brute_force",),
            answer=answers.ProviderSession,
            errors=(*refusals.BEARER, *refusals.UNKNOWN_PROVIDER),
        ),
    }

    def start(self, provider: str, connect: str = "", **query: Any) -> Any:
        """Go to a social provider to sign in.

        For browsers: the provider sends them back to this server, which sends them on to `redirectTo` with a refresh
        token, with a `code` for `POST /token/exchange` where there is a `codeChallenge`, or with an error. With an
        access token in `connect` the social account is linked to its user instead.
        """
        connection, epoch = provider_visits.account_to_connect(connect) if connect else ("", 0)
        return self.depart(provider, sign_up=False, connect=connection, connect_epoch=epoch, **query)

    def come_back_by_form(self, provider: str, **answer: str) -> Any:
        """Come back from a social provider by form.

        Where Apple's page sends browsers; clients have no use for it.
        """
        return self.come_back(provider, **answer)

    def come_back(self, provider: str, state: str, **answer: str) -> Any:
        """Come back from a social provider.

        Where providers send browsers; clients have no use for it.
        """
        visit, memory = self._visit(ensure_provider(provider), state)
        ensure_redirect(visit.redirect_to)
        client_state = {"state": visit.client_state} if visit.client_state else {}
        if answer.get("error"):
            self._blame_provider(answer, client_state)
        self.error_target = with_query(visit.redirect_to, **client_state)
        identity, tokens = provider_visits.identify(provider, memory, answer)
        account, result = self._connect(visit, identity) if visit.connect else self._enter(visit, identity)
        self.error_target = with_query(self.error_target, **result)
        provider_tokens.keep(account, identity, tokens)
        return Redirect(self.error_target)

    def tokens(self, provider: str) -> Any:
        """Take the provider's tokens.

        Those the provider gave at the last visit, handed out once.
        """
        account = accounts.bearer(self.access_token)
        return provider_tokens.take(account, ensure_provider(provider))

    def _visit(self, provider: str, state: str) -> tuple[Visit, dict[str, Any]]:
        self.error_target = with_query(conf.AUTH_CLIENT_URL, provider_state=state)
        browser = self.request.COOKIES.get(cookie_name(state), "")
        found = provider_visits.come_back(provider, state, browser)
        self.error_target = conf.AUTH_CLIENT_URL
        return found

    def _blame_provider(self, answer: dict[str, str], client_state: dict[str, str]) -> None:
        told = {
            "provider_error": answer["error"],
            "provider_error_description": answer.get("error_description", ""),
            "provider_error_url": answer.get("error_uri", ""),
        }
        self.error_target = with_query(conf.AUTH_CLIENT_URL, **told, **client_state)
        raise OauthProviderError

    def _connect(self, visit: Visit, identity: Identity) -> tuple[Account, dict[str, str]]:
        account = provider_visits.get_connected(visit)
        identities.link(account, identity)
        return account, {}

    def _enter(self, visit: Visit, identity: Identity) -> tuple[Account, dict[str, str]]:
        """Somebody's account, and what the front end gets of it: a refresh token, a code, or nothing yet."""
        challenge, resolve = visit.code_challenge, identities.sign_up if visit.sign_up else identities.sign_in
        with outbox.together():
            account, profile = resolve(identity, visit.options, method=f"provider-{visit.provider}")
            target = visit.redirect_to
            must_verify = identities.must_verify_first(account, profile, redirect_to=target, code_challenge=challenge)
        if must_verify:
            return account, {}
        if challenge is not None:
            if not re.fullmatch(CHALLENGE_PATTERN, challenge):
                raise InvalidRequest
            return account, {"code": PkceCode.objects.issue(account, challenge, visit.redirect_to)}
        opened = sessions.start(account, self.client, method=f"provider-{visit.provider}")
        if isinstance(opened, sessions.SecondStep):
            return account, {"mfaTicket": opened.ticket}
        return account, {"refreshToken": opened.refresh_token}
