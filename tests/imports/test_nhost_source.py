"""Nhost's database: versions of its schema, and what is said when it cannot be read."""

from __future__ import annotations

import subprocess
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.core.management.base import CommandError

from nhost_auth.imports.nhost_source import connected
from nhost_auth.infra.crypto import digest
from nhost_auth.models import Account, RefreshToken, SecurityKey
from tests.conftest import Api
from tests.imports.importing import counts, import_nhost
from tests.imports.nhost_database import BACK_TO_5, BACK_TO_14, BACK_TO_18, LATER, PASSWORD, Nhost

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hashers")]


def test_schema_of_october_2025_is_read(api: Api, nhost: Nhost) -> None:
    nhost.execute(BACK_TO_18)
    user_id = nhost.add_user(roles=("me",))
    _, secret = nhost.add_token(user_id)
    nhost.add("user_security_keys", user_id=user_id, credential_id="abc", credential_public_key=b"key")
    import_nhost(nhost)
    assert api.sign_in(password=PASSWORD).user["id"] == str(user_id)
    assert api.post("/token", {"refreshToken": secret}).status == 200
    assert SecurityKey.objects.exists()


def test_token_whose_id_is_its_secret_gets_another_id(api: Api, nhost: Nhost) -> None:
    nhost.execute(BACK_TO_14)
    secret = str(nhost.add("refresh_tokens", user_id=nhost.add_user(), expires_at=datetime.now(UTC) + LATER))
    import_nhost(nhost)
    assert str(RefreshToken.objects.get().pk) != secret
    printed = import_nhost(nhost)
    assert counts(printed, "refresh_tokens")["here"] == 1
    assert api.post("/token", {"refreshToken": secret}).status == 200


def test_tokens_without_hashes_are_left_out(nhost: Nhost) -> None:
    nhost.execute(BACK_TO_5)
    secret = str(nhost.add("refresh_tokens", user_id=nhost.add_user(), expires_at=datetime.now(UTC) + LATER))
    printed = import_nhost(nhost)
    assert "refresh-token-hash-missing 1" in printed
    assert secret not in printed  # though Nhost of that age had it for the id
    assert counts(printed, "users")["imported"] == 1


def test_times_beyond_the_calendar_do_not_stop_a_run(nhost: Nhost) -> None:
    user_id = nhost.add_user(last_seen="infinity", created_at="-infinity")
    nhost.add_token(user_id, type="pat", expires_at="20000-01-01")
    import_nhost(nhost)
    assert Account.objects.get().user.last_login is None
    assert RefreshToken.objects.get().expires_at.year == 9999


def test_source_is_one_snapshot_that_cannot_be_written(nhost: Nhost) -> None:
    nhost.add_user()
    with connected(nhost.url) as source:
        assert source.count_users() == 1
        nhost.add_user("bob@example.com")
        assert source.count_users() == len(list(source.rows("users", order=["id"]))) == 1
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            source._all("delete from auth.users")


def test_database_without_the_schema_is_told(nhost_server: psycopg.Connection[Any]) -> None:
    with pytest.raises(CommandError, match="no Nhost database"):
        import_nhost(f"postgres://postgres@127.0.0.1:{nhost_server.info.port}/postgres")


@pytest.mark.parametrize(
    "url",
    [
        "postgres://postgres:hunter2@127.0.0.1:1/nhost",
        "postgress://postgres:hunter2@127.0.0.1/nhost",
        "postgres://postgres:hunter2/x@127.0.0.1/nhost",
        "postgres://postgres:hunter2@x@127.0.0.1/nhost",
        "postgres://postgres:hunter2?x@127.0.0.1/nhost",
        "postgres://postgres:x/hunter2",
        "host=127.0.0.1 port=1 password=hunter2",
        "hunter2",
        "x=hunter2",
    ],
)
def test_address_that_is_wrong_is_told_without_its_password(url: str, capsys: Any) -> None:
    with pytest.raises(CommandError) as caught:
        import_nhost(url)
    assert "hunter2" not in str(caught.value) + "".join(capsys.readouterr())
    assert caught.value.__cause__ is None


def test_missing_library_is_told(tmp_path: Any) -> None:
    (tmp_path / "psycopg.py").write_text("raise ImportError")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from nhost_auth.imports.nhost_source import SourceError, connected\n"
        "try:\n    connected('postgres:///').__enter__()\nexcept SourceError as error:\n    print(error)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "pip install 'nhost-auth[postgres]'" in ended.stdout


def test_hash_is_of_the_lower_case_text(api: Api, nhost: Nhost) -> None:
    secret = str(uuid.uuid4())
    nhost.add_token(nhost.add_user(), refresh_token_hash="\\x" + digest(secret).upper())
    import_nhost(nhost)
    assert api.post("/token", {"refreshToken": secret}).status == 200
