"""Encrypts what is kept of identity images: AES-256-GCM with a key of the provider's own."""

import contextlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = b"\x01"


class VaultError(Exception):
    """The vault or something in it cannot be opened; the text says why and what to do."""


class Vault:
    """Seals and opens bytes; ``key_file`` is made on first use, for its owner alone.

    Raises:
        VaultError: the key file is readable by others, or is no key.
    """

    def __init__(self, key_file: Path) -> None:
        self._cipher = AESGCM(_key(key_file))

    def seal(self, content: bytes, name: str) -> bytes:
        """Encrypt; the result opens under the same name only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, content, _bound(name))

    def open(self, sealed: bytes, name: str) -> bytes:
        """Decrypt.

        Raises:
            VaultError: it was sealed with another key or under another name, or was changed.
        """
        if sealed[:1] != _VERSION:
            raise VaultError("this was sealed by another version; nothing of ours has its form")
        nonce = sealed[1 : 1 + _NONCE_BYTES]
        try:
            return self._cipher.decrypt(nonce, sealed[1 + _NONCE_BYTES :], _bound(name))
        except (InvalidTag, ValueError):
            raise VaultError(
                "the content was changed, or sealed with another key or under another name; "
                "put back the key file that was in use when it was stored"
            ) from None


def _bound(name: str) -> bytes:
    return _VERSION + name.encode()


def _key(file: Path) -> bytes:
    """The key in the file, which is made if it is not there.

    It gets its name when it is whole: who finds the name finds the key, also of two that start at
    once, of whom one makes it and both use it.
    """
    if file.exists():
        return _existing(file)
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(_KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, file)
    except OSError as wrong:
        raise VaultError(f"the key file {file} cannot be made: {wrong.strerror}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return _existing(file)


def _existing(file: Path) -> bytes:
    try:
        mode = file.stat().st_mode
        key = file.read_bytes()
    except OSError as wrong:
        raise VaultError(f"the key file {file} cannot be read: {wrong.strerror}") from None
    if mode & 0o077:
        raise VaultError(f"the key file {file} can be read by others; run: chmod 600 {file}")
    if len(key) != _KEY_BYTES:
        raise VaultError(
            f"the key file {file} holds {len(key)} bytes, not {_KEY_BYTES}; put back the right one"
        )
    return key
