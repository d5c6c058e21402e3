"""No page shows a hash, a secret, an encrypted column, a public key or a credential's id."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from social_django.models import UserSocialAuth

from nhost_auth.models import (
    Account,
    OAuth2Client,
    OAuth2RefreshToken,
    ProviderSession,
    RecoveryCode,
    RecoveryDevice,
    RefreshToken,
    SecurityKey,
    SigningKey,
    SpentRefreshToken,
    TotpDevice,
)
from tests.admin.conftest import ACCOUNTS, SESSIONS, Browser, person
from tests.admin.pages import every_page

SECRETS: dict[type[models.Model], tuple[str, ...]] = {
    OAuth2Client: ("secret_hash",),
    OAuth2RefreshToken: ("hash",),
    RecoveryCode: ("hash",),
    RecoveryDevice: ("salt",),
    RefreshToken: ("hash",),
    SecurityKey: ("credential_id", "credential_hash"),
    SigningKey: ("encrypted_key",),
    SpentRefreshToken: ("hash",),
    TotpDevice: ("encrypted_secret",),
    User: ("password",),
}


def plant() -> Account:
    """Somebody whose rows hold a recognisable text wherever nobody must see it."""
    ann = person()
    token = ann.refresh_tokens.first()
    SpentRefreshToken.objects.create(hash="planted-spent", token=token)
    SigningKey.objects.generate("ES256")
    UserSocialAuth.objects.update(extra_data={"access_token": "planted-provider-token"})
    ProviderSession.objects.create(
        account=ann, link="github", user_id_hash="planted", encrypted_content="planted", updated_at=ann.created_at
    )
    SecurityKey.objects.update(public_key=b"planted-public-key")
    return ann


def mark() -> None:
    """Give each secret column of each row a text of its own."""
    for model, columns in SECRETS.items():
        for number, row in enumerate(model._base_manager.all()):
            values = {column: f"planted-{number}-{column}"[:32] for column in columns}
            model._base_manager.filter(pk=row.pk).update(**values)


def test_no_page_shows_a_planted_secret(root: Browser) -> None:
    paths = every_page(plant())
    mark()
    root._client.force_login(root.user.__class__.objects.get(pk=root.user.pk))
    ann = Account.objects.get(email="ann@example.com")
    pages = {path: root.page(path) for path in paths}
    pages |= {
        path.replace("change/", "delete/"): "" for path in paths if path.startswith(SESSIONS) and "change" in path
    }
    for path in pages:
        if path.endswith("delete/"):
            pages[path] = root.page(path)
    chosen = {"_selected_action": [str(token.pk) for token in ann.refresh_tokens.all()], "index": "0"}
    pages["delete selected"] = root.post(SESSIONS, {"action": "delete_selected", **chosen}).content.decode()
    again = root.post(f"{ACCOUNTS}{ann.pk}/act/", {"action": "remove_second_factor"})
    pages["confirm"] = again.content.decode()
    assert "ann@example.com" in pages["confirm"] + pages[SESSIONS]
    assert [path for path, page in pages.items() if "planted" in page or "PRIVATE KEY" in page] == []


def test_every_secret_column_is_planted(db: None) -> None:
    """A new column of such a name belongs into SECRETS."""
    told = ("hash", "secret", "encrypted", "credential_id", "public_key", "salt", "password")
    for model in SECRETS:
        named = {field.name for field in model._meta.concrete_fields if any(word in field.name for word in told)}
        assert named - {"public_key"} <= set(SECRETS[model]), model
