"""Authlib's client for Django signs somebody in against the demo server, as another Django project would."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
from authlib.integrations.django_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from django.test import RequestFactory

from tests.live.application import PUBLIC, REDIRECT, registered, signed_up
from tests.live.demo import Demo

SCOPE = "openid profile email offline_access"
METHODS = ["none", "client_secret_basic", "client_secret_post"]


class Project:
    """A Django project with "Sign in with …", and the browser of somebody who visits it."""

    def __init__(self, demo: Demo, method: str) -> None:
        self.demo, self.method = demo, method
        self.client_id, self.secret = registered(demo, *(PUBLIC if method == "none" else ()))
        self.app = OAuth().register(
            "nhost",
            client_id=self.client_id,
            client_secret=self.secret or None,
            server_metadata_url=f"{demo.api}/.well-known/openid-configuration",
            client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", "token_endpoint_auth_method": method},
        )
        self.browser: dict[str, Any] = {}

    def visit(self, path: str) -> Any:
        request = RequestFactory().get(path)
        request.session = self.browser  # type: ignore[assignment]
        return request

    def ask(self) -> str:
        """The id of the request, as the page learns it to which the browser is sent."""
        asked = self.app.authorize_redirect(self.visit("/login"), REDIRECT)
        reply = requests.get(asked["Location"], allow_redirects=False, timeout=10)
        assert reply.status_code == 302, reply.text
        return dict(parse_qsl(urlsplit(reply.headers["Location"]).query))["request_id"]

    def say(self, path: str, request_id: str, token: str) -> Any:
        """The project's page answers for its user, and the browser comes back."""
        url, headers = f"{self.demo.api}/oauth2/login{path}", {"Authorization": f"Bearer {token}"}
        reply = requests.post(url, json={"requestId": request_id}, headers=headers, timeout=10)
        assert reply.status_code == 200, reply.text
        return self.visit(f"/back?{urlsplit(reply.json()['redirectUri']).query}")

    def session(self) -> Any:
        return OAuth2Session(
            self.client_id,
            self.secret or None,
            token_endpoint_auth_method=self.method,
            revocation_endpoint_auth_method=self.method,
        )


@pytest.mark.parametrize("method", METHODS)
def test_somebody_signs_in(demo: Demo, method: str) -> None:
    project, ann = Project(demo, method), signed_up(demo)
    token = project.app.authorize_access_token(project.say("", project.ask(), ann["accessToken"]))
    user, identity = ann["user"], token["userinfo"]
    assert (identity["sub"], identity["email"], identity["name"]) == (user["id"], user["email"], "Ann")
    assert identity["at_hash"]
    assert (identity["aud"], identity["iss"]) == (project.client_id, project.app.load_server_metadata()["issuer"])
    told = project.app.userinfo(token=token)
    assert (told["sub"], told["email"], told["name"]) == (user["id"], user["email"], "Ann")


@pytest.mark.parametrize("method", METHODS)
def test_tokens_are_refreshed_looked_at_and_given_back(demo: Demo, method: str) -> None:
    project, ann = Project(demo, method), signed_up(demo)
    token = project.app.authorize_access_token(project.say("", project.ask(), ann["accessToken"]))
    session, server = project.session(), project.app.load_server_metadata()
    newer = session.refresh_token(server["token_endpoint"], refresh_token=token["refresh_token"])
    assert newer["refresh_token"] != token["refresh_token"]
    assert project.app.parse_id_token(newer, nonce=None)["sub"] == ann["user"]["id"]

    def told(text: str) -> Any:
        return session.introspect_token(server["introspection_endpoint"], token=text).json()

    found = told(newer["access_token"])
    assert (found["active"], found["sub"], found["scope"]) == (True, ann["user"]["id"], SCOPE)
    revoked = session.revoke_token(server["revocation_endpoint"], token=newer["refresh_token"])
    assert revoked.status_code == 200
    assert (told(newer["refresh_token"]), told(newer["access_token"])) == ({"active": False}, {"active": False})
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token(server["token_endpoint"], refresh_token=newer["refresh_token"])


def test_refusal_reaches_the_project(demo: Demo) -> None:
    project = Project(demo, "none")
    back = project.say("/refuse", project.ask(), signed_up(demo)["accessToken"])
    with pytest.raises(OAuthError, match="access_denied"):
        project.app.authorize_access_token(back)


def test_answer_of_another_browser_is_refused(demo: Demo) -> None:
    project = Project(demo, "none")
    back = project.say("", project.ask(), signed_up(demo)["accessToken"])
    back.session = {}
    with pytest.raises(MismatchingStateError):
        project.app.authorize_access_token(back)
