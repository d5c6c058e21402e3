"""The page /app uses every row of the map, by the client's method where it has one; the others are not for pages."""

from __future__ import annotations

import re

from tests.contract.test_map import stories
from tests.live.page_tools import PAGE

SOURCE = "\n".join(path.read_text() for path in PAGE.glob("*.js"))

NOT_FOR_PAGES = {
    "followTicket": "the button of the server's own page before a mailed link",
    "getJWKs": "for servers that read access tokens",
    "getOAuthAuthorizationServer": "for applications",
    "getOpenIDConfiguration": "for applications",
    "getVersion": "for those who run the server",
    "healthCheckGet": "for load balancers",
    "healthCheckHead": "for load balancers",
    "signInProviderCallbackGet": "where providers send browsers",
    "signInProviderCallbackPost": "where Apple sends browsers",
    "oauth2AuthorizePostURL": "where applications send browsers",
    "oauth2AuthorizeURL": "where applications send browsers",
    "oauth2DeviceAuthorization": "for applications on devices",
    "oauth2Introspect": "for applications",
    "oauth2Jwks": "for applications",
    "oauth2LogoutPostURL": "where applications send browsers",
    "oauth2LogoutURL": "where applications send browsers",
    "oauth2Register": "for those who make applications",
    "oauth2Revoke": "for applications",
    "oauth2Token": "for applications",
    "oauth2UserinfoGet": "for applications",
    "oauth2UserinfoPost": "for applications",
    "verifyTicketURL": "where mailed links lead",
    "verifyToken": "for servers that do not read access tokens themselves",
}


def asked() -> set[tuple[str, str]]:
    """What the page asks without a method of the client."""
    found = re.findall(r"ask\(\s*'(\w+)', ['`]([^'`?]+)", SOURCE)
    return {(method, re.sub(r"\$\{[^}]*\}", "{}", path)) for method, path in found}


def is_used(operation: str, method: str, path: str) -> bool:
    return bool(re.search(rf"\b{operation}\b", SOURCE)) or (method, re.sub(r"\{\w+\}", "{}", path)) in asked()


def test_every_row_is_used_or_not_for_pages() -> None:
    unused = {story.operation for (method, path), story in stories() if not is_used(str(story.operation), method, path)}
    assert unused == set(NOT_FOR_PAGES)


def test_what_is_asked_is_on_the_map() -> None:
    rows = {(method, re.sub(r"\{\w+\}", "{}", path)) for (method, path), _story in stories()}
    assert asked() - rows == set()
