"""Applications: registered, changed, given another secret and deleted by operators."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nhost_auth.models import AuditEvent, OAuth2Client, OAuth2Grant, OAuth2RefreshToken
from nhost_auth.models.oauth2_clients import redirect_uri_fault
from tests.admin.conftest import CLIENTS, Browser, person

Browse = Callable[..., Browser]
SHOP = {
    "type": "confidential",
    "name": "Shop",
    "redirect_uris": "https://shop.example/back\r\n\r\n com.shop.app:/back \r\nhttps://shop.example/back",
    "scopes": ["openid", "email"],
    "role_scopes": "editor\r\ngraphql:role:me",
    "access_token_lifetime": "60",
    "refresh_token_lifetime": "",
}
SECRET = re.compile(r"<code>([\w-]{43})</code>")


def add(browser: Browser, **changes: Any) -> Any:
    return browser.post(f"{CLIENTS}add/", SHOP | changes)


def page_of(client: OAuth2Client, page: str = "change") -> str:
    return f"{CLIENTS}{client.pk.replace('_', '_5F')}/{page}/"


def secret_in(reply: Any) -> str:
    (found,) = SECRET.findall(reply.content.decode())
    return str(found)


def events() -> list[tuple[str, Any]]:
    return [(event.event, event.data) for event in AuditEvent.objects.order_by("number")]


def faults(reply: Any) -> dict[str, list[str]]:
    return dict(reply.context["adminform"].form.errors)


@pytest.fixture
def shop(root: Browser) -> OAuth2Client:
    add(root)
    return OAuth2Client.objects.get()


def test_application_is_registered_and_its_secret_shown_this_once(root: Browser) -> None:
    reply = add(root)
    client = OAuth2Client.objects.get()
    assert (client.name, client.kind) == ("Shop", "registered")
    assert client.redirect_uris == ["https://shop.example/back", "com.shop.app:/back"]
    assert client.scopes == ["openid", "email", "graphql:role:editor", "graphql:role:me"]
    assert (client.access_token_lifetime, client.refresh_token_lifetime) == (60, None)
    assert client.created_by is not None
    assert client.created_by.user_id == root.user.pk
    assert client.has_secret(secret_in(reply))
    assert (client.pk in reply.content.decode(), "no-store" in reply.headers["Cache-Control"]) == (True, True)


def test_secret_is_nowhere_else(root: Browser) -> None:
    secret = secret_in(add(root))
    client = OAuth2Client.objects.get()
    again = secret_in(root.post(page_of(client, "act"), {"action": "renew_secret", "confirmed": "yes"}))
    pages = [root.page(CLIENTS), *(root.page(page_of(client, name)) for name in ("change", "history", "delete"))]
    stored = [str(list(model.objects.values())) for model in (LogEntry, Session, AuditEvent, OAuth2Client)]
    sessions = [str(session.get_decoded()) for session in Session.objects.all()]
    for one in (secret, again, client.secret_hash):
        assert not [text for text in (*pages, *stored[:3], *sessions) if one in text]
    assert not [text for text in (secret, again) if text in stored[3]]


def test_public_application_has_no_secret(root: Browser) -> None:
    assert add(root, type="public").status_code == 302
    client = OAuth2Client.objects.get()
    assert client.is_public
    assert "renew_secret" not in root.page(page_of(client))
    told = root.told(CLIENTS, {"action": "renew_secret", "_selected_action": [client.pk], "confirmed": "yes"})
    assert told == ["Shop is public: it has no secret."]
    assert OAuth2Client.objects.get().is_public


@pytest.mark.parametrize(
    "uri",
    [
        "http://shop.example/back",
        "https://shop.example/#back",
        "https://ann@shop.example/",
        "javascript:alert(1)",
        "//x",
        "\0",
    ],
)
def test_wrong_redirect_uri_is_refused_with_its_fault(root: Browser, uri: str) -> None:
    reply = add(root, redirect_uris=f"https://shop.example/back\n{uri}")
    assert faults(reply) == {"redirect_uris": [f"{uri}: {redirect_uri_fault(uri)}"]}
    assert not OAuth2Client.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"redirect_uris": " \n "}, "redirect_uris"),
        ({"scopes": [], "role_scopes": ""}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"role_scopes": "two words"}, "role_scopes"),
        ({"role_scopes": "me\0"}, "role_scopes"),
        ({"type": "trusted"}, "type"),
        ({"type": ""}, "type"),
        ({"access_token_lifetime": "0"}, "access_token_lifetime"),
        ({"refresh_token_lifetime": "99999999999"}, "refresh_token_lifetime"),
        ({"name": "n" * 201}, "name"),
        ({"name": "n\0"}, "name"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_nonsense_is_refused(root: Browser, changes: Any, field: str) -> None:
    assert list(faults(add(root, **changes))) == [field]
    assert not OAuth2Client.objects.exists()


def test_application_is_changed_and_only_that(root: Browser, shop: OAuth2Client) -> None:
    form = root.form(page_of(shop))
    assert form["redirect_uris"] == "https://shop.example/back\ncom.shop.app:/back"
    assert (form["scopes"], form["role_scopes"]) == (["openid", "email"], "editor\nme")
    changed = form | {"redirect_uris": "https://shop.example/new", "role_scopes": "", "client_id": "x", "kind": "x"}
    assert root.post(page_of(shop), changed).status_code == 302
    client = OAuth2Client.objects.get()
    assert (client.redirect_uris, client.scopes) == (["https://shop.example/new"], ["openid", "email"])
    assert (client.pk, client.kind, client.name) == (shop.pk, "registered", "Shop")
    assert client.secret_hash == shop.secret_hash


def test_saving_what_is_there_changes_nothing(root: Browser, shop: OAuth2Client) -> None:
    before = OAuth2Client.objects.values().get()
    assert root.post(page_of(shop), root.form(page_of(shop))).status_code == 302
    assert OAuth2Client.objects.values().get() == before


def test_document_speaks_for_itself(root: Browser, shop: OAuth2Client) -> None:
    OAuth2Client.objects.update(kind="client_id_metadata_document", secret_hash="")
    form = root.form(page_of(shop))
    assert set(form) == {"access_token_lifetime"}
    root.post(page_of(shop), {**SHOP, "name": "Bank", "access_token_lifetime": "30"})
    client = OAuth2Client.objects.get()
    assert (client.name, client.access_token_lifetime) == ("Shop", 30)
    assert "graphql:role:editor, graphql:role:me" in root.page(page_of(shop))


def test_secret_is_renewed_when_it_is_confirmed(root: Browser, shop: OAuth2Client) -> None:
    asked = root.post(page_of(shop, "act"), {"action": "renew_secret"})
    assert "Renew?" in asked.content.decode()
    assert OAuth2Client.objects.get().secret_hash == shop.secret_hash
    secret = secret_in(root.post(page_of(shop, "act"), {"action": "renew_secret", "confirmed": "yes"}))
    client = OAuth2Client.objects.get()
    assert client.has_secret(secret)
    assert client.secret_hash != shop.secret_hash


def test_secrets_of_many_are_renewed_from_the_list(root: Browser, shop: OAuth2Client) -> None:
    add(root, name="Bank")
    chosen = [client.pk for client in OAuth2Client.objects.all()]
    reply = root.post(CLIENTS, {"action": "renew_secret", "_selected_action": chosen, "confirmed": "yes"})
    secrets = SECRET.findall(reply.content.decode())
    assert len(secrets) == 2
    assert all(any(client.has_secret(one) for one in secrets) for client in OAuth2Client.objects.all())


def test_deleting_takes_all_that_was_allowed(root: Browser, shop: OAuth2Client) -> None:
    ann = person(applications=0)
    OAuth2Grant.objects.create(account=ann, client=shop, scopes=["openid"])
    token, secret = OAuth2RefreshToken.objects.issue(shop, ann.pk, ["openid"], auth_time=timezone.now())
    token.rotate(secret)
    page = root.page(page_of(shop))
    assert ("1 accounts" in page, 'field-tokens"' in page) == (True, True)
    assert "ann@example.com" not in root.page(page_of(shop, "delete"))
    assert root.post(page_of(shop, "delete"), {"post": "yes"}).status_code == 302
    assert not OAuth2Client.objects.exists()
    assert not OAuth2Grant.objects.exists()
    assert not OAuth2RefreshToken.objects.exists()


def test_changes_are_in_the_audit_trail(root: Browser, shop: OAuth2Client) -> None:
    root.post(page_of(shop), root.form(page_of(shop)) | {"name": "Bank", "role_scopes": ""})
    root.post(page_of(shop, "act"), {"action": "renew_secret", "confirmed": "yes"})
    root.post(CLIENTS, {"action": "delete_selected", "_selected_action": [shop.pk], "post": "yes"})
    of = {"client_id": shop.pk}
    assert events() == [
        ("oauth2_client_created", {**of, "name": "Shop", "public": False}),
        ("oauth2_client_edited", {**of, "fields": "name, scopes"}),
        ("oauth2_client_secret_renewed", of),
        ("oauth2_client_deleted", {**of, "tokens": 0}),
    ]


def test_list_is_searched_and_asks_as_much_of_few_as_of_many(root: Browser, shop: OAuth2Client) -> None:
    def count(**query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            root.page(CLIENTS, **query)
        return len(captured)

    few = count(), count(q="Sho")
    OAuth2Client.objects.bulk_create(OAuth2Client(name=f"Shop {number}") for number in range(60))
    assert (count(), count(q="Sho")) == few
    assert shop.pk in root.page(CLIENTS, q=shop.pk[:10])
    assert shop.pk not in root.page(CLIENTS, q="Bank")


@pytest.mark.parametrize("permissions", [(), ("view_account",), ("view_oauth2client",)], ids=str)
def test_only_who_may_changes_anything(browse: Browse, shop: OAuth2Client, permissions: tuple[str, ...]) -> None:
    viewer = browse(*permissions)
    assert add(viewer).status_code == 403
    assert viewer.post(page_of(shop), SHOP).status_code == 403
    assert viewer.post(page_of(shop, "delete"), {"post": "yes"}).status_code == 403
    renew = {"action": "renew_secret", "confirmed": "yes"}
    viewer.post(page_of(shop, "act"), renew)
    viewer.post(CLIENTS, {**renew, "_selected_action": [shop.pk]})
    assert OAuth2Client.objects.values_list("pk", "secret_hash").get() == (shop.pk, shop.secret_hash)


def test_viewer_sees_all_but_secrets(browse: Browse, shop: OAuth2Client) -> None:
    page = browse("view_oauth2client").page(page_of(shop))
    for shown in (shop.pk, "https://shop.example/back", "graphql:role:editor", "confidential"):
        assert shown in page
    assert shop.secret_hash not in page
