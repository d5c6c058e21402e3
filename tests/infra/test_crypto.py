"""Encryption of stored secrets and digests of those that are only recognised (identity.md 0.3)."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nhost_auth.hashers import Argon2idHasher
from nhost_auth.infra import crypto
from nhost_auth.infra.crypto import CannotDecrypt, decrypt, digest, encrypt, keyed_digest, stretched_digest

CODE, SALT = "abcdefghij234567", "0123456789abcdef" * 2
OLD, NEW = "0f" * 32, "a1" * 32
SECRET = "otpauth: 秘密 JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def one_key(settings: Any) -> None:
    settings.AUTH_ENCRYPTION_KEY = OLD


def flipped(stored: str, byte: int) -> str:
    data = bytearray.fromhex(stored)
    data[byte] ^= 1
    return data.hex()


@pytest.mark.parametrize("text", ["", "x", SECRET, "\0", "long" * 10_000])
def test_what_was_encrypted_is_read_again(text: str) -> None:
    assert decrypt(encrypt(text)) == text


@pytest.mark.parametrize("size", [16, 24, 32])
def test_stored_text_is_hex_of_nonce_ciphertext_and_tag(settings: Any, size: int) -> None:
    settings.AUTH_ENCRYPTION_KEY = "0f" * size
    stored = encrypt("plain")
    data = bytes.fromhex(stored)
    assert stored == data.hex()
    assert len(data) == 12 + len("plain") + 16
    assert AESGCM(b"\x0f" * size).decrypt(data[:12], data[12:], None) == b"plain"


def test_row_that_nhost_encrypted_is_read() -> None:
    nonce = bytes(range(12))
    stored = nonce + AESGCM(bytes.fromhex(OLD)).encrypt(nonce, SECRET.encode(), None)
    assert decrypt(stored.hex()) == SECRET
    assert decrypt(stored.hex().upper()) == SECRET


def test_same_text_is_never_encrypted_alike() -> None:
    stored = {encrypt(SECRET) for _ in range(50)}
    assert len({text[:24] for text in stored}) == 50


def test_first_key_encrypts_and_all_keys_decrypt(settings: Any) -> None:
    stored_before = encrypt(SECRET)
    settings.AUTH_ENCRYPTION_KEY = [NEW, OLD]
    assert decrypt(stored_before) == SECRET
    stored_after = encrypt(SECRET)
    settings.AUTH_ENCRYPTION_KEY = NEW
    assert decrypt(stored_after) == SECRET
    settings.AUTH_ENCRYPTION_KEY = OLD
    with pytest.raises(CannotDecrypt):
        decrypt(stored_after)


def test_key_that_was_dropped_reads_nothing_any_more(settings: Any) -> None:
    stored = encrypt(SECRET)
    settings.AUTH_ENCRYPTION_KEY = NEW
    with pytest.raises(CannotDecrypt):
        decrypt(stored)


@pytest.mark.parametrize("byte", [0, 11, 12, 15, -17, -16, -1])
def test_changed_byte_is_noticed(byte: int) -> None:
    with pytest.raises(CannotDecrypt):
        decrypt(flipped(encrypt(SECRET), byte))


@pytest.mark.parametrize("kept", [slice(-2), slice(2, None), slice(24), slice(10), slice(-1), slice(0)], ids=str)
def test_cut_text_cannot_be_decrypted(kept: slice) -> None:
    with pytest.raises(CannotDecrypt):
        decrypt(encrypt(SECRET)[kept])


@pytest.mark.parametrize("added", ["00", "0", "plain", "é"])
def test_text_with_something_added_cannot_be_decrypted(added: str) -> None:
    with pytest.raises(CannotDecrypt):
        decrypt(encrypt(SECRET) + added)


def test_without_a_key_secret_key_serves_and_its_fallbacks_still_decrypt(settings: Any) -> None:
    settings.AUTH_ENCRYPTION_KEY = []
    settings.SECRET_KEY = "first" * 10
    stored_before = encrypt(SECRET)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "second" * 10, ["first" * 10]
    assert decrypt(stored_before) == SECRET
    stored_after = encrypt(SECRET)
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt(stored_after) == SECRET
    with pytest.raises(CannotDecrypt):
        decrypt(stored_before)


def test_configured_key_keeps_secret_key_out_of_it(settings: Any) -> None:
    stored = encrypt(SECRET)
    settings.SECRET_KEY = "another" * 10
    assert decrypt(stored) == SECRET
    settings.AUTH_ENCRYPTION_KEY = []
    with pytest.raises(CannotDecrypt):
        decrypt(stored)


def test_digest_is_sha_256() -> None:
    # FIPS 180-2, appendix B.1
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_keyed_digest_depends_on_purpose_parts_and_secret_key(settings: Any) -> None:
    inputs = [("otp", "a", "bc"), ("otp", "ab", "c"), ("otp", "abc"), ("link", "a", "bc")]
    found = {keyed_digest(*parts) for parts in inputs}
    assert found == {keyed_digest(*parts) for parts in inputs}
    assert {len(text) for text in found} == {64}
    settings.SECRET_KEY = "another" * 10
    assert len(found | {keyed_digest(*parts) for parts in inputs}) == 8


def test_stretched_digest_is_argon2id_at_the_cost_that_owasp_advises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "Argon2idHasher", Argon2idHasher)
    # 19 MiB, 2 passes, 1 lane, 32 bytes; computed by OpenSSL. What is stored must still be found in years.
    assert stretched_digest(CODE, SALT) == "d84863252d7be21114880e448c3b984ccda68ec0a6c93a2823cfe8035ce319b8"


def test_stretched_digest_depends_on_secret_and_salt_alone(settings: Any) -> None:
    inputs = [(CODE, SALT), (CODE, SALT[::-1]), (CODE[::-1], SALT), (CODE + SALT[0], SALT[1:])]
    found = [stretched_digest(*parts) for parts in inputs]
    assert len(set(found)) == 4
    settings.SECRET_KEY, settings.AUTH_ENCRYPTION_KEY = "another" * 10, NEW
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.AUTH_PASSWORD_HASHER = "tests.hashers.CheapArgon2idHasher"
    assert [stretched_digest(*parts) for parts in inputs] == found
