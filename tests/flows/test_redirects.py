"""The redirect allow-list and queries added to a target (accounts.md 1.12, 3.22; configuration.md 4.2)."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.errors import RedirectToNotAllowed
from nhost_auth.flows.redirects import ensure_redirect, parse_target, redirect_allowed, with_query
from tests.conftest import Api
from tests.flows.hostile_targets import CLIENT_URL, ENTRIES, FRIENDLY, HOSTILE


def use(settings: Any, *entries: str, client_url: str = CLIENT_URL) -> None:
    settings.AUTH_CLIENT_URL = client_url
    settings.AUTH_ACCESS_CONTROL_ALLOWED_REDIRECT_URLS = list(entries)


LOCAL, ACME, PATH = "http://localhost:3000", "https://acme.com", "https://acme.com/path"


@pytest.mark.parametrize(
    ("entry", "target", "allowed"),
    [
        *((LOCAL, LOCAL + rest, True) for rest in ("", "/", "/a/b?x=1#y", "/a.b", "?x=1", "#y", "/a//b")),
        *((LOCAL, other, False) for other in ("http://localhost:3001", "https://localhost:3000", "http://localhost")),
        *((ACME, f"https://acme.com{rest}", True) for rest in ("", "/", "/p", ":443", ":443/p", "?x", "#/a/b")),
        *((ACME, other, False) for other in ("http://acme.com", "https://acme.com:444/", "https://www.acme.com")),
        (ACME, "https://acme.com.evil.com", False),
        ("https://simple.com", "https://simple.com.hijack.com", False),
        *((PATH, PATH + rest, True) for rest in ("", "/", "/sub", "?x=1")),
        (PATH, "https://acme.com:443/path/x", True),
        (PATH, "https://acme.com:443/path/sub", True),
        *(
            (PATH, other, False)
            for other in ("https://acme.com", "https://acme.com/pathology", "https://acme.com:444/path")
        ),
        ("https://acme.com:443", "https://acme.com:443/x", True),
        ("https://acme.com:443", "https://acme.com", False),
        ("http://acme.com", "http://acme.com:80/x", True),
        ("http://acme.com", "http://acme.com:443/x", False),
        ("http://acme.com/a", "http://acme.com:80/a", True),
        ("https://*.acme.io", "https://a.acme.io/x?y", True),
        ("https://*.acme.io", "https://a.acme.io:443/x", True),
        ("https://*.acme.io", "https://acme.io", False),
        ("https://*.acme.io", "https://a.b.acme.io", False),
        ("https://*-sub.acme.io", "https://x-sub.acme.io", True),
        ("https://*-sub.acme.io", "https://sub.acme.io", False),
        ("myapp://", "myapp://anything/at/all", True),
        ("myapp://callback", "myapp://callback", True),
        ("myapp://callback", "myapp://callback/x?y", True),
        ("myapp://callback", "myapp://callback:443", False),
        ("myapp://callback", "otherapp://callback", False),
        # How an entry ends
        ("https://acme.com/a/**", "https://acme.com/a/b/c", True),
        ("https://acme.com/a/**", "https://acme.com/a", True),
        ("https://acme.com/a/**", "https://acme.com/ab", False),
        ("https://acme.com/a/*", "https://acme.com/a/b/c", True),
        ("https://acme.com/a/", "https://acme.com/a/b/c", True),
        ("https://acme.com/a/", "https://acme.com/a", True),
        ("https://acme.com/a/", "https://acme.com/ab", False),
    ],
)
def test_tables_of_the_specification(settings: Any, entry: str, target: str, allowed: bool) -> None:
    use(settings, entry)
    assert redirect_allowed(target) is allowed


@pytest.mark.parametrize(
    ("entry", "target", "allowed"),
    [
        ("https://a?.acme.io", "https://ab.acme.io", True),
        *(("https://a?.acme.io", f"https://a{other}.acme.io", False) for other in ("", "bc", "/", ".")),
        *(("https://[ab].acme.io", f"https://{letter}.acme.io", letter in "ab") for letter in "abcA"),
        *(("https://[a-c].acme.io", f"https://{letter}.acme.io", letter in "abc") for letter in "abcd-"),
        *(("https://[!ab].acme.io", f"https://{letter}.acme.io", letter not in "ab") for letter in "abcd"),
        ("https://[x~~y].acme.io", "https://~.acme.io", True),
        *(("https://{one,two}.acme.io", f"https://{word}.acme.io", True) for word in ("one", "two")),
        *(("https://{one,two}.acme.io", f"https://{word}.acme.io", False) for word in ("three", "onetwo")),
        ("https://{one,two}.acme.io", "https://one,two.acme.io", False),
        *(("https://{a,b{c,d}}.acme.io", f"https://{word}.acme.io", True) for word in ("a", "bc", "bd")),
        *(("https://{a,b{c,d}}.acme.io", f"https://{word}.acme.io", False) for word in ("b", "ac", "abc")),
        ("https://{*,x.y}.acme.io", "https://x.y.acme.io", True),
        ("https://{*,x.y}.acme.io", "https://x.z.acme.io", False),
        ("https://acme.com/*/x", "https://acme.com/a/x", True),
        *(("https://acme.com/*/x", f"https://acme.com/{part}/x", False) for part in ("a/b", "a.b")),
        ("https://acme.com/**/x", "https://acme.com/a/b.c/x", True),
        ("https://acme.com/\\*", "https://acme.com/*", True),
        ("https://acme.com/\\*", "https://acme.com/a", False),
        *((f"https://acme.com/{text}", f"https://acme.com/{text}", True) for text in ("a+b", "(x)", "$", "a|b", "a,b")),
        *(("https://acme.com/a+b", f"https://acme.com/{other}", False) for other in ("ab", "aab")),
        ("https://acme.com/x", "https://acmeXcom/x", False),
        ("https://acme.com/a", "https://acme.com/A", False),
    ],
)
def test_wildcards(settings: Any, entry: str, target: str, allowed: bool) -> None:
    use(settings, entry)
    assert redirect_allowed(target) is allowed


@pytest.mark.parametrize("target", FRIENDLY)
def test_friendly_target_is_allowed(settings: Any, target: str) -> None:
    use(settings, *ENTRIES)
    assert ensure_redirect(target) == target


def test_51_hostile_targets_are_many_and_different() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) >= 60


@pytest.mark.parametrize("target", HOSTILE)
def test_51_hostile_target_is_refused(settings: Any, target: str) -> None:
    use(settings, *ENTRIES)
    with pytest.raises(RedirectToNotAllowed):
        ensure_redirect(target)


@pytest.mark.parametrize(
    "below",
    ["/../other", "/a/../../other", "/%2e%2e/other", "/.%2E/other"],
)
def test_51_dot_segments_do_not_lead_out_of_an_allowed_path(settings: Any, below: str) -> None:
    # A browser resolves them before it asks, so the page it opens is not below the entry.
    use(settings, PATH)
    assert redirect_allowed(PATH + below) is False


@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        *((target, True) for target in ("/", "/a", "/a/b.c?d#e", "")),
        *(
            (target, False)
            for target in ("//evil.com", "///evil.com", r"/\evil.com", "/\t/evil.com", "https://evil.com")
        ),
        *((target, False) for target in ("evil.com", r"\\evil.com", "javascript:alert(1)")),
    ],
)
def test_empty_client_url_allows_relative_paths_only(settings: Any, target: str, allowed: bool) -> None:
    use(settings, client_url="")
    assert redirect_allowed(target) is allowed


def test_double_star_in_a_host_spans_slashes_as_at_nhost(settings: Any) -> None:
    use(settings, "https://**.acme.io")
    assert redirect_allowed("https://a.b.acme.io/") is True
    assert redirect_allowed("https://evil.com/x.acme.io/") is True


@pytest.mark.parametrize(
    "target",
    [
        "https://a\\b",
        "https://a b",
        "https://a\0",
        "https://[::1",
        "https://a:port",
        "https://a:99999",
        "https://a/%zz",
    ],
)
def test_what_is_no_url_has_no_parts(target: str) -> None:
    assert parse_target(target) is None


def test_without_a_target_the_client_url_serves(settings: Any) -> None:
    use(settings, client_url="https://front.example.com/start")
    assert ensure_redirect(None) == "https://front.example.com/start"


def test_list_that_changes_counts_at_once(settings: Any) -> None:
    use(settings, ACME)
    assert redirect_allowed(ACME) is True
    use(settings)
    assert redirect_allowed(ACME) is False


def test_refusal_reaches_the_client(api: Api, settings: Any) -> None:
    use(settings)
    assert api.sign_up(redirectTo="https://evil.com").outcome == (400, "redirectTo-not-allowed")
    assert api.sign_up(redirectTo="https://app.example.com/welcome").status == 200


@pytest.mark.parametrize(
    ("target", "parameters", "result"),
    [
        ("https://a.com", {"code": "c"}, "https://a.com?code=c"),
        ("https://a.com/p?b=1&a=2#frag", {"code": "c"}, "https://a.com/p?a=2&b=1&code=c#frag"),
        ("https://a.com/?type=x", {"type": "t", "refreshToken": "r"}, "https://a.com/?refreshToken=r&type=t"),
        ("https://a.com?code=old&x=1&code=older", {"code": "new"}, "https://a.com?code=new&x=1"),
        ("https://a.com?a=&b", {"code": "c"}, "https://a.com?a=&b=&code=c"),
        ("https://a.com?z=2&z=1", {"code": "c"}, "https://a.com?code=c&z=2&z=1"),
        ("https://a.com?q=%C3%A9+x%26y", {"code": "c"}, "https://a.com?code=c&q=%C3%A9+x%26y"),
        ("https://a.com", {"errorDescription": "Invalid ticket"}, "https://a.com?errorDescription=Invalid+ticket"),
        ("https://a.com", {"ticket": "verifyEmail:1&2"}, "https://a.com?ticket=verifyEmail%3A1%262"),
        ("https://a.com/#/route?x=1", {"code": "c"}, "https://a.com/?code=c#/route?x=1"),
        ("/relative?x=1#y", {"code": "c"}, "/relative?code=c&x=1#y"),
        ("myapp://callback", {"code": "c"}, "myapp://callback?code=c"),
        ("myapp:///callback", {"code": "c"}, "myapp:///callback?code=c"),
        ("", {"code": "c"}, "?code=c"),
    ],
)
def test_query_is_merged_and_sorted_and_the_fragment_kept(target: str, parameters: dict[str, str], result: str) -> None:
    assert with_query(target, **parameters) == result
