"""GET /signup/provider/<provider> sends the browser to a social provider.

identity.md 4.1, 4.3. The way back is that of /signin/provider/<provider>.
"""

from __future__ import annotations

from typing import Any

from nhost_auth.http import payloads, refusals
from nhost_auth.http.departures import DepartingEndpoint
from nhost_auth.http.endpoint import Story
from nhost_auth.http.provider_queries import StartQuery


class SignUpProvider(DepartingEndpoint):
    stories = {
        "start": Story(
            operation="signUpProviderURL",
            query=StartQuery,
            toggles=("AUTH_DISABLE_SIGNUP",),
            limits=("signups",),
            answer=payloads.Redirect,
            errors=refusals.DEPARTURE,
        )
    }

    def start(self, provider: str, **query: Any) -> Any:
        """Go to a social provider to sign up.

        For browsers, as `GET /signin/provider/{provider}`; who comes back with an account already is refused.
        """
        return self.depart(provider, sign_up=True, **query)
