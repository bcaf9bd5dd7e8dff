"""The keys by which an exported report is signed, and known again (Ed25519, RFC 8032)."""

import hashlib
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The private key in a file; where there is no file, a new one, which is written there.

    Raises ConformanceError if it cannot be read, written, or is of another kind.
    """
    where = f"--key {path}"
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                out.write(pem)
        except OSError as problem:
            raise ConformanceError(
                Text(
                    en=f"a new key cannot be written: {problem}",
                    ja=f"新しい鍵を書き出せません: {problem}",
                ),
                where,
                Text(en="name another file", ja="別のファイルを指定してください"),
            ) from problem
        return key
    try:
        known = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as problem:
        raise ConformanceError(
            Text(
                en=f"no private key without a password can be read: {problem}",
                ja=f"パスワードのない秘密鍵として読めません: {problem}",
            ),
            where,
            Text(
                en="name an Ed25519 key in PEM form, or a file that does not exist for a new one",
                ja="PEM 形式の Ed25519 鍵か、新しく作るならまだないファイルを指定してください",
            ),
        ) from problem
    if not isinstance(known, Ed25519PrivateKey):
        raise ConformanceError(
            Text(en="the key is no Ed25519 key", ja="Ed25519 の鍵ではありません"),
            where,
            Text(
                en="name another key, or none yet",
                ja="別の鍵か、まだないファイルを指定してください",
            ),
        )
    return known


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of a public key, as people compare it: groups of four hexadecimal digits."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    text = hashlib.sha256(raw).hexdigest()
    return " ".join(text[at : at + 4] for at in range(0, 32, 4))


def key_in(pem: bytes) -> Ed25519PublicKey | None:
    """The public key that an archive holds; None if that is none."""
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def trusted_key(path: Path) -> Ed25519PublicKey:
    """The public key that somebody trusts. Raises ConformanceError if the file holds none."""
    where, to_do = (
        f"--public-key {path}",
        Text(
            en="name the vendor's public key, Ed25519 in PEM form",
            ja="署名した人の公開鍵（Ed25519、PEM 形式）を指定してください",
        ),
    )
    try:
        key = key_in(path.read_bytes())
    except OSError as problem:
        raise ConformanceError(
            Text(en=f"it cannot be read: {problem}", ja=f"読めません: {problem}"), where, to_do
        ) from problem
    if key is None:
        raise ConformanceError(
            Text(en="it is no Ed25519 key", ja="Ed25519 の鍵ではありません"), where, to_do
        )
    return key
