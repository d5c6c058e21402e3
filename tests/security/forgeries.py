"""Tokens that nobody may believe, by what is wrong with them; after Wycheproof's json_web_signature vectors.

Each function makes a group of them from a `Signer`: who signs true tokens, and what of it an attacker knows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.issuers import jwk, key
from tests.jws import ALGORITHMS, Sign, by, by_secret, compact, part, unsigned

EVIL = "https://evil.example/keys"
STRANGERS = {"HS256": "t" * 64, "RS256": "RS256 of a stranger", "ES256": "ES256 of a stranger"}
OTHERS = {
    "HS256": ("HS384", "HS512"),
    "RS256": ("RS384", "RS512", "PS256"),
    "ES256": ("ES384", "ES512"),
    "EdDSA": (),
}
"""Algorithms that take the same key."""
Tokens = dict[str, str]


@dataclass(frozen=True)
class Signer:
    algorithm: str
    private: Any
    claims: dict[str, Any]
    kid: str | None = None

    @property
    def header(self) -> dict[str, Any]:
        return {"alg": self.algorithm, "typ": "JWT", **({"kid": self.kid} if self.kid else {})}

    @property
    def sign(self) -> Sign:
        return by(self.private, self.algorithm)

    @property
    def stranger(self) -> Sign:
        """A true signature of the same algorithm by somebody else."""
        name = STRANGERS.get(self.algorithm, "EdDSA of a stranger")
        return by(name.encode() if self.algorithm == "HS256" else key(name), self.algorithm)

    def token(self, *, sign: Sign | None = None, claims: Any = None, **header: Any) -> str:
        """A true token but for what is given."""
        return compact(self.header | header, self.claims if claims is None else claims, sign or self.sign)


def no_algorithm(signer: Signer) -> Tokens:
    named = ("none", "None", "nOnE", "NONE", "", " ", None, [signer.algorithm], {}, 0, True, f"{signer.algorithm} ")
    tokens = {f"alg {name!r}": signer.token(alg=name) for name in named}
    tokens |= {f"alg {name!r} unsigned": signer.token(alg=name, sign=unsigned) for name in named}
    header = {"typ": "JWT", "kid": signer.kid or "x"}
    return tokens | {"no alg": compact(header, signer.claims, signer.sign)}


def signature_of_nothing(signer: Signer) -> Tokens:
    signed, _, signature = signer.token().rpartition(".")
    other = signer.token(claims={**signer.claims, "sub": "somebody else"}).rpartition(".")[0]
    length = len(signer.sign(b""))
    return {
        "none": f"{signed}.",
        "no third part": signed,
        "one byte": f"{signed}.AA",
        "all zero": f"{signed}.{part(bytes(length))}",  # the "psychic" signature of ECDSA
        "all ones": f"{signed}.{part(bytes([255]) * length)}",
        "cut": f"{signed}.{signature[:-4]}",
        "longer": f"{signed}.{signature}AAAA",
        "twice": f"{signed}.{signature}{signature}",
        "spoilt": f"{signed}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        "of another payload": f"{other}.{signature}",
        "of a stranger": signer.token(sign=signer.stranger),
    }


def other_algorithm_with_the_right_key(signer: Signer) -> Tokens:
    tokens = {
        f"{name} said and done": signer.token(alg=name, sign=_hashed(signer, name)) for name in OTHERS[signer.algorithm]
    }
    tokens |= {f"{name} done": signer.token(sign=_hashed(signer, name)) for name in OTHERS[signer.algorithm]}
    tokens |= {f"{name} said": signer.token(alg=name) for name in ALGORITHMS if name != signer.algorithm}
    if signer.algorithm == "ES256":
        # In X.509's form instead of r and s side by side.
        raw = lambda signed: encode_dss_signature(*_halves(signer.sign(signed)))  # noqa: E731
        tokens["DER"] = signer.token(sign=raw)
    return tokens


def _hashed(signer: Signer, name: str) -> Sign:
    if signer.algorithm != "ES256":
        return by(signer.private, name)
    # ES384 wants another curve; its hash over this one is what an implementation might take.
    return lambda signed: ALGORITHMS["ES256"].sign(signed + b"\0", signer.private)


def _halves(signature: bytes) -> tuple[int, int]:
    middle = len(signature) // 2
    return int.from_bytes(signature[:middle]), int.from_bytes(signature[middle:])


def public_key_as_secret(signer: Signer) -> Tokens:
    if signer.algorithm == "HS256":
        return {}
    public, spki = signer.private.public_key(), serialization.PublicFormat.SubjectPublicKeyInfo
    pem = public.public_bytes(serialization.Encoding.PEM, spki)
    of_jwk = ALGORITHMS[signer.algorithm].to_jwk(public, as_dict=True)
    secrets = {
        "PEM": pem,
        "PEM without its last line end": pem.strip(),
        "DER": public.public_bytes(serialization.Encoding.DER, spki),
        "JWK": json.dumps(of_jwk).encode(),
        "JWK's modulus or point": str(of_jwk.get("n") or of_jwk["x"]).encode(),
        "empty": b"",
        "issuer": str(signer.claims["iss"]).encode(),
    }
    return {name: signer.token(alg="HS256", sign=by_secret(secret)) for name, secret in secrets.items()}


def key_brought_along(signer: Signer) -> Tokens:
    stranger = jwk("RS256 of a stranger")
    brought: list[dict[str, Any]] = [
        {"jwk": stranger},
        {"jwk": {**stranger, "kid": signer.kid}},
        {"jwk": {"kty": "oct", "k": part(b"t" * 64)}},
        {"jku": EVIL},
        {"x5u": EVIL},
        {"x5c": ["MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"]},
        {"x5t": part(b"x" * 20)},
        {"jwk": stranger, "jku": EVIL, "kid": EVIL},
    ]
    by_stranger = by(key("RS256 of a stranger"), "RS256")
    tokens = {
        f"{list(header)} {turn}": signer.token(sign=signer.stranger, **header) for turn, header in enumerate(brought)
    }
    tokens |= {
        f"{list(header)} {turn} RS256": signer.token(alg="RS256", sign=by_stranger, **header)
        for turn, header in enumerate(brought)
    }
    return tokens | {"oct jwk": signer.token(alg="HS256", sign=by_secret(b"t" * 64), **brought[2])}


def critical_extensions(signer: Signer) -> Tokens:
    crits: list[Any] = [
        ["exp"],
        ["x-unknown"],
        ["alg"],
        ["b64"],
        [],
        "exp",
        None,
        [5],
        [""],
        {"exp": 1},
        True,
        ["exp", "exp"],
    ]
    tokens = {f"crit {crit}": signer.token(**{"crit": crit, "x-unknown": 1}) for crit in crits}
    bare = part(signer.header | {"b64": False, "crit": ["b64"]})
    payload = json.dumps(signer.claims)
    tokens["b64 false and critical"] = signer.token(b64=False, crit=["b64"])
    tokens["b64 false"] = signer.token(b64=False)
    tokens["b64 false, nothing there"] = f"{bare}..{part(signer.sign(f'{bare}.'.encode()))}"
    tokens["b64 false, detached"] = f"{bare}..{part(signer.sign(f'{bare}.{payload}'.encode()))}"
    return tokens


def odd_form(signer: Signer) -> Tokens:
    token = signer.token()
    header, payload, signature = token.split(".")
    flat = {"protected": header, "payload": payload, "signature": signature}
    return {
        "nothing": "",
        "one part": header,
        "dots": "..",
        "dot before": f".{token}",
        "dot behind": f"{token}.",
        "two dots": f"{header}..{payload}.{signature}",
        "four parts": f"{token}.{signature}",
        "five parts": f"{header}.{payload}.{signature}.{signature}.{signature}",
        "two tokens": f"{token},{token}",
        "flattened JSON": json.dumps(flat),
        "general JSON": json.dumps(
            {"payload": payload, "signatures": [{k: v for k, v in flat.items() if k != "payload"}]}
        ),
        "JSON string": json.dumps(token),
        "URL-encoded": token.replace(".", "%2E"),
        "in upper case": token.upper(),
        "scheme twice": f"Bearer.{token}",
    }


def odd_letters(signer: Signer) -> Tokens:
    """Base64 that decodes to the same bytes, or nearly."""
    parts = signer.token().split(".")
    tokens = {}
    for place, name in enumerate(("header", "payload", "signature")):
        for what, change in ODD.items():
            changed = [change(text) if turn == place else text for turn, text in enumerate(parts)]
            if changed != parts:
                tokens[f"{what} in the {name}"] = ".".join(changed)
    return tokens


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _with_other_spare_bits(text: str) -> str:
    """The last letter holds two or four bits that belong to no byte."""
    spare = {2: 4, 3: 2}.get(len(text) % 4)
    return text[:-1] + ALPHABET[ALPHABET.index(text[-1]) ^ 1] if spare else text


ODD: dict[str, Callable[[str], str]] = {
    "spare bits": _with_other_spare_bits,
    "one letter more": lambda text: f"{text}A" if len(text) % 4 == 0 else text,
    "padding too long": lambda text: f"{text}{'=' * (4 + -len(text) % 4)}",
    "padding within": lambda text: f"{text[:4]}={text[4:]}",
    "line end": lambda text: f"{text}\n",
    "tabulator": lambda text: f"{text[:4]}\t{text[4:]}",
    "no-break space": lambda text: f"{text}\u00a0",
    "NUL": lambda text: f"{text}\0",
    "exclamation mark": lambda text: f"{text[:4]}!{text[4:]}",
    "percent sign": lambda text: f"{text}%",
    "other alphabet": lambda text: text.replace("-", "+").replace("_", "/"),
    "wide letter": lambda text: f"{text[:-1]}\uff21",
}


def odd_payload(signer: Signer) -> Tokens:
    payloads: list[Any] = [
        b"", b"{", b"\xff", b"null ", b"{} x", b"[" * 5000, b"{'sub': 'ann'}",
        [], [signer.claims], "ann", None, 5, True, json.dumps(signer.claims), {},
    ]  # fmt: skip
    tokens = {f"payload {str(payload)[:20]}": signer.token(claims=payload) for payload in payloads[:9]}
    for payload in payloads[9:]:
        signed = f"{part(signer.header)}.{part(payload)}"
        tokens[f"payload {str(payload)[:20]}"] = f"{signed}.{part(signer.sign(signed.encode()))}"
    headers: list[Any] = [b"", b"{", b"[" * 5000, b"\xff", [], "HS256", None, 5, {}]
    return tokens | {f"header {str(header)[:20]}": compact(header, signer.claims, signer.sign) for header in headers}


INFINITE = float("inf"), float("-inf"), float("nan")


def odd_claims(signer: Signer) -> Tokens:
    """What is well signed and does not hold; `None` takes a claim out."""
    now = signer.claims["iat"]
    odd: list[dict[str, Any]] = [
        *(
            {"exp": value}
            for value in (None, now - 60, now - 3600, 0, -1, "soon", "", [now + 900], {}, True, *INFINITE)
        ),
        *({"iat": value} for value in (now + 3600, "yesterday", [now], {}, *INFINITE[:1], INFINITE[2])),
        *({"nbf": value} for value in (now + 3600, "later", [now], {}, *INFINITE[:1], INFINITE[2])),
        *({"iss": value} for value in (None, "", "somebody", [signer.claims["iss"]], {}, 5, True)),
        *({"iss": f"{signer.claims['iss']}{tail}"} for tail in ("/", " ", "\0", ".evil.example")),
        *({"sub": value} for value in (5, ["x"], {}, True)),
    ]
    return {str(changed): signer.token(claims=_changed(signer.claims, changed)) for changed in odd}


def _changed(claims: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (claims | changed).items() if value is not None}


GROUPS: dict[str, Callable[[Signer], Tokens]] = {
    made.__name__: made
    for made in (
        no_algorithm,
        signature_of_nothing,
        other_algorithm_with_the_right_key,
        public_key_as_secret,
        key_brought_along,
        critical_extensions,
        odd_form,
        odd_letters,
        odd_payload,
        odd_claims,
    )
}
KIDS: list[Any] = [
    "../../../../dev/null", "/dev/null", "' OR 1=1 --", "\0", "x" * 5000, "",
    None, 5, ["x"], {"x": 1}, True, EVIL,
]  # fmt: skip
"""What an attacker writes there."""
