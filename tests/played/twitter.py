"""Twitter: OAuth 1.0a. Every signature is computed anew (RFC 5849, section 3.4) and a nonce is good once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any
from urllib.parse import quote, unquote, urlencode

from tests.internet import Internet, json, text
from tests.played.plain import ANN
from tests.played.provider import SECRET, Person, Played, place
from tests.tls_proxy import Asked, Told

API = "https://api.twitter.com"
FORM = "application/x-www-form-urlencoded"


def escape(value: str) -> str:
    return quote(value, safe="-._~")


def oauth_header(asked: Asked) -> dict[str, str]:
    scheme, _, rest = asked.headers.get("authorization", "").partition(" ")
    pairs = (part.strip().partition("=") for part in rest.split(",")) if scheme == "OAuth" else ()
    return {unquote(name): unquote(value.strip('"')) for name, _, value in pairs}


def signature(asked: Asked, header: dict[str, str], secret: str) -> str:
    signed = [pair for pair in header.items() if pair[0] not in ("realm", "oauth_signature")]
    pairs = sorted((escape(k), escape(v)) for k, v in [*signed, *asked.query.items(), *asked.form.items()])
    normal = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(map(escape, (asked.method, f"https://{asked.host}{asked.path}", normal)))
    found = hmac.new(f"{escape(SECRET)}&{escape(secret)}".encode(), base.encode(), hashlib.sha1)
    return base64.b64encode(found.digest()).decode()


class Twitter(Played):
    slug, link, setting = "twitter", "twitter", "TWITTER"
    id_key = "id_str"
    page = f"{API}/oauth/authorize"
    request_url = f"{API}/oauth/request_token"
    token_url = f"{API}/oauth/access_token"
    profile_url = f"{API}/1.1/account/verify_credentials.json"
    refreshes = False
    person = Person("38895958000000001", "Ann Example", ANN, "https://pbs.example/ann_normal.png")
    shape = {
        "id": 38895958000000000,
        "id_str": "38895958000000001",
        "name": "Ann Example",
        "screen_name": "annexample",
        "email": ANN,
        "verified": True,
        "protected": False,
        "profile_image_url": "http://pbs.example/ann_normal.png",
        "profile_image_url_https": "https://pbs.example/ann_normal.png",
    }

    def __init__(self, internet: Internet, settings: Any) -> None:
        self.callbacks: dict[str, str] = {}
        self.verifiers: dict[str, str] = {}
        self.nonces: set[str] = set()
        self.confirms = "true"
        super().__init__(internet, settings)

    def switch_on(self, settings: Any) -> None:
        settings.AUTH_PROVIDER_TWITTER_ENABLED = True
        settings.AUTH_PROVIDER_TWITTER_CONSUMER_KEY = self.client_id
        settings.AUTH_PROVIDER_TWITTER_CONSUMER_SECRET = SECRET

    def open(self) -> None:
        super().open()
        self.internet.play("POST", *place(self.request_url), self.give_request_token)

    def is_signed(self, asked: Asked, header: dict[str, str], secret: str = "") -> bool:
        fresh = header.get("oauth_nonce", "") not in self.nonces
        self.nonces.add(header.get("oauth_nonce", ""))
        named = (header.get("oauth_consumer_key"), header.get("oauth_signature_method"), header.get("oauth_version"))
        known = named == (self.client_id, "HMAC-SHA1", "1.0") and fresh
        in_time = abs(int(header.get("oauth_timestamp", 0)) - time.time()) < 300
        return known and in_time and header.get("oauth_signature") == signature(asked, header, secret)

    def give_request_token(self, asked: Asked) -> Told:
        header = oauth_header(asked)
        target = header.get("oauth_callback", "")
        if not self.is_signed(asked, header) or target.partition("?")[0] != self.callback:
            return self.fault("Could not authenticate you", 401)
        token = f"request-{len(self.callbacks)}"
        self.callbacks[token] = target
        told = {"oauth_token": token, "oauth_token_secret": f"of {token}", "oauth_callback_confirmed": self.confirms}
        return text(urlencode(told), content_type=FORM)

    def show_page(self, asked: Asked) -> Told:
        token = asked.query["oauth_token"]
        if token not in self.callbacks:
            return Told(401, b"no such token")
        if self.refuses:
            return Told(302, headers={"Location": f"{self.callbacks[token]}&denied={token}"})
        self.verifiers[token] = f"verifier of {token}"
        answer = urlencode({"oauth_token": token, "oauth_verifier": self.verifiers[token]})
        return Told(302, headers={"Location": f"{self.callbacks[token]}&{answer}"})

    def give_tokens(self, asked: Asked) -> Told:
        header = oauth_header(asked)
        token = header.get("oauth_token", "")
        verifier = self.verifiers.pop(token, None)
        if not self.is_signed(asked, header, f"of {token}") or header.get("oauth_verifier") != verifier:
            return self.fault("Invalid request token", 401)
        self.access_tokens.append(f"twitter-access-{len(self.access_tokens)}")
        found = self.access_tokens[-1]
        told = {"oauth_token": found, "oauth_token_secret": f"of {found}", "user_id": "1", "screen_name": "annexample"}
        return text(urlencode(told), content_type=FORM)

    def give_profile(self, asked: Asked) -> Told:
        header = oauth_header(asked)
        token = header.get("oauth_token", "")
        good = token in self.access_tokens and asked.query == {"include_email": "true"}
        if not good or not self.is_signed(asked, header, f"of {token}"):
            return self.fault("Could not authenticate you", 401)
        return json(self.profile)

    def fault(self, code: str, status: int = 400) -> Told:
        return json({"errors": [{"code": 32, "message": code}]}, status)
