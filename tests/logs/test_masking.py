"""What is a secret in a text, and what is not (security.md line 66)."""

from __future__ import annotations

from typing import Any

import pytest

from nhost_auth.logs.masking import MASK, is_secret, mask, mask_traceback, mask_value

UUID = "6f1c2d3e-4b5a-4c6d-8e7f-0123456789ab"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln_-bmF0dXJl"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"/verify?ticket=verifyEmail:{UUID}&type=x", f"/verify?ticket={MASK}&type=x"),
        (f"/verify?type=x&ticket=verifyEmail%3A{UUID}", f"/verify?type=x&ticket={MASK}"),
        (f"ticket={UUID}", f"ticket={MASK}"),
        (f"https://a.example/#refreshToken={UUID}", f"https://a.example/#refreshToken={MASK}"),
        (f"/cb?redirectTo=https%3A%2F%2Fa%2F%3FrefreshToken%3D{UUID}%26x%3D1&y=2", None),
        (f"/cb?redirectTo=https%253A%252F%252Fa%253FrefreshToken%253D{UUID}&y=2", None),
        (f"/callback?code={UUID}&state={UUID}", f"/callback?code={MASK}&state={MASK}"),
        (f"code={UUID}&state={UUID}", f"code={MASK}&state={MASK}"),
        (f"/signin/provider/github?connect={JWT}", f"/signin/provider/github?connect={MASK}"),
        ('{"email": "a@b.c", "password": "hun ter\\" 2"}', f'{{"email": "a@b.c", "password": {MASK}}}'),
        ('{"newPassword":"hunter2 and', f'{{"newPassword":{MASK}'),
        ("{'password': \"it's hunter2\", 'x': 1}", f"{{'password': {MASK}, 'x': 1}}"),
        ("{'password': b'hunter2'}", f"{{'password': {MASK}}}"),
        (r'"{\"otp\": \"123456\", \"x\": 1}"', rf'"{{\"otp\": {MASK}, \"x\": 1}}"'),
        ('{"otp": 123456}', f'{{"otp": {MASK}}}'),
        ('{"recoveryCodes": ["abcd-efgh", "ijkl-mnop"]}', f'{{"recoveryCodes": {MASK}}}'),
        ('{"code": "hunter2", "totpSecret": "ABCDEF"}', f'{{"code": {MASK}, "totpSecret": {MASK}}}'),
        (f"Authorization: Bearer {JWT}", f"Authorization: Bearer {MASK}"),
        (f"sent Bearer {UUID}", f"sent Bearer {MASK}"),
        (f"curl -H 'authorization: Basic {UUID}'", f"curl -H 'authorization: Basic {MASK}'"),
        (f"Cookie: a={UUID}; b={UUID}\nHost: x", f"Cookie: {MASK}\nHost: x"),
        (f"the token {JWT} is bad", f"the token {MASK} is bad"),
        (f"ticket passwordReset:{UUID} is spent", f"ticket passwordReset:{MASK} is spent"),
        ("otpauth://totp/a:b?secret=ABCDEF&issuer=a", f"otpauth://totp/a:b?secret={MASK}&issuer=a"),
        ("reset(new_password='hunter2', token=('x', 'y'))", f"reset(new_password={MASK}, token={MASK})"),
        ("x-cf-turnstile-response: hunter2", f"x-cf-turnstile-response: {MASK}"),
        ("AUTH_TURNSTILE_SECRET=hunter2", f"AUTH_TURNSTILE_SECRET={MASK}"),
        ("imageUrl: 'data:image/png;base64,AAAA'", f"imageUrl: {MASK}"),
        ("/oauth2/device?user_code=hunter2&view=x", f"/oauth2/device?user_code={MASK}&view=x"),
        ("/oauth2/device?view=x%26user_code%3Dhunter2", f"/oauth2/device?view=x%26user_code%3D{MASK}"),
        ('{"userCode": "hunter2", "approve": true}', f'{{"userCode": {MASK}, "approve": true}}'),
        (f"grant_type={GRANT}&device_code=hunter2", f"grant_type={GRANT}&device_code={MASK}"),
        ("/oauth2/logout?id_token_hint=hunter2&client_id=x", f"/oauth2/logout?id_token_hint={MASK}&client_id=x"),
    ],
)
def test_secret_goes_and_its_name_stays(text: str, masked: str | None) -> None:
    found = mask(text)
    assert masked is None or found == masked
    assert not any(secret in found for secret in (UUID, JWT, "hunter2", "123456", "ABCDEF", "efgh", "mnop"))
    assert mask(found) == found


@pytest.mark.parametrize(
    "text",
    [
        f"Account {UUID} was taken over",
        f"/user/webauthn/keys/{UUID}",
        f'{{"refreshTokenId": "{UUID}", "accessTokenExpiresIn": 900}}',
        "status code: 404, error_code=7, exit code = 1",
        "the state: running",
        "SMS to +12025550143: message: Your code is 123456.",
        "Bearer token is missing, Basic authentication is off",
        "password-too-short",
        "token_type_hint=refresh&grant_type=urn:ietf:params:oauth:grant-type:device_code",
        "/signin/email-password 401",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password", True),
        ("newPassword", True),
        ("HTTP_AUTHORIZATION", True),
        ("code", True),
        ("AUTH_SMTP_PASSWORD", True),
        ("device_code", True),
        ("userCode", True),
        ("id_token_hint", True),
        ("refreshTokenId", False),
        ("status_code", False),
        ("email", False),
        ("", False),
    ],
)
def test_names(name: str, secret: bool) -> None:
    assert is_secret(name) is secret


def test_values_are_masked_all_through_by_the_names_above_them() -> None:
    value: Any = {
        "email": "a@b.c",
        "otp": 123456,
        "tickets": {"ticket": ["a", ("b", 7)]},
        "urls": [f"/verify?ticket={UUID}", b"password=hunter2", 7, None, True],
        "token": None,
    }
    assert mask_value("", value) == {
        "email": "a@b.c",
        "otp": MASK,
        "tickets": {"ticket": [MASK, (MASK, MASK)]},
        "urls": [f"/verify?ticket={MASK}", f"password={MASK}", 7, None, True],
        "token": None,
    }
    assert value["otp"] == 123456


@pytest.mark.parametrize("text", ['password="' * 20_000, "a" * 400_000, "token=[" * 30_000, '\\"otp\\":\\"' * 20_000])
def test_long_nonsense_is_no_work(text: str) -> None:
    """Backtracking over these would take minutes: the suite would be seen to hang here."""
    assert MASK in mask(text + " ticket=hunter2") or "hunter2" not in mask(text)


def test_source_lines_of_a_traceback_stay() -> None:
    text = f'Traceback:\n  File "a.py", line 7, in f\n    token = g(x)\nValueError: token = {UUID}\n'
    assert mask_traceback(text) == text.replace(UUID, MASK)
