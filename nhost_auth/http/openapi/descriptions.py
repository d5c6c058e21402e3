"""What is told of a story in words: its docstring, and what its declaration says."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import Final, NamedTuple

from nhost_auth.errors import DisabledEndpoint
from nhost_auth.http.endpoint import Endpoint, Story
from nhost_auth.http.rate_limits import BUCKETS
from nhost_auth.http.turnstile import HEADER


class Family(NamedTuple):
    """Operations that are told of together; `tag` is told apart from those of a host's own views."""

    tag: str
    description: str


SIGN_UP = Family("auth: sign up", "Making an account.")
SIGN_IN = Family("auth: sign in", "Opening a session for an account that exists or, by most ways, is made on the way.")
TOKENS = Family("auth: tokens", "Renewing, checking and ending sessions; tokens for programs.")
USER = Family("auth: user", "What the signed-in user sees and changes.")
ELEVATION = Family(
    "auth: elevation",
    "More proof than a sign-in, which a project may ask for before sensitive calls. It is a claim of one access token, "
    "that of the session a proof is answered with; a refresh drops it.",
)
OAUTH2 = Family(
    "auth: OAuth2",
    "Other applications sign people in here: OAuth 2.0 and OpenID Connect, as RFC 9700 wants them. Most calls are the "
    "applications' own; /oauth2/login is for the project's page that asks its user.",
)
SERVER = Family("auth: server", "For monitoring, and for whoever verifies access tokens.")
MUDBASE = Family("auth: Mudbase", "The one call of Mudbase's client that Nhost's has no counterpart for.")

FAMILIES: Final = {
    "signup": SIGN_UP,
    "signin": SIGN_IN,
    "verify": SIGN_IN,
    "token": TOKENS,
    "pat": TOKENS,
    "signout": TOKENS,
    "user": USER,
    "link": USER,
    "mfa": USER,
    "elevate": ELEVATION,
    "oauth2": OAUTH2,
    "healthz": SERVER,
    "version": SERVER,
    "well": SERVER,
    "anonymous": MUDBASE,
}
"""By the first word of the URL, which is that of the endpoint's file, or of its folder, too."""


def family(endpoint: type[Endpoint]) -> Family:
    *_, wing, file = endpoint.__module__.split(".")
    return FAMILIES[wing if wing in FAMILIES else file.partition("_")[0]]


def summary(endpoint: type[Endpoint], name: str) -> str:
    """The first line of a story's docstring."""
    return _prose(endpoint, name)[0].removesuffix(".")


def description(endpoint: type[Endpoint], name: str) -> str:
    """The rest of a story's docstring and what its declaration says, as Markdown."""
    return "\n\n".join([*_prose(endpoint, name)[1:], " ".join(_facts(endpoint, endpoint.stories[name]))])


def _prose(endpoint: type[Endpoint], name: str) -> list[str]:
    """The paragraphs of a docstring, a line each: some readers of Markdown take every line for a new one."""
    text = cleandoc(getattr(endpoint, name).__doc__ or "")
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def _facts(endpoint: type[Endpoint], story: Story) -> Iterator[str]:
    off = endpoint.told_as.get(DisabledEndpoint, DisabledEndpoint)
    if story.exists_with:
        yield f"Served with `{story.exists_with}` alone."
    for toggle in story.toggles:
        if toggle == "AUTH_DISABLE_SIGNUP":
            yield f"Refused with `signup-disabled` while `{toggle}` is on."
        else:
            yield f"Refused with `{off.code}` unless `{toggle}` is on."
    if story.turnstile:
        yield f"Where `AUTH_TURNSTILE_SECRET` is set, the header `{HEADER}` has to bring Turnstile's response."
    if story.sends:
        yield "With `AUTH_CONCEAL_ACCOUNTS` the answer is OK whatever stands against the account of that recipient."
    buckets = dict.fromkeys(BUCKETS[bucket][1] for bucket in ("global", *story.limits))
    yield f"Counted by {', '.join(f'`AUTH_RATE_LIMIT_{bucket}_BURST`' for bucket in buckets)}."
