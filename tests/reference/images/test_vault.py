"""What the vault keeps can be read with its key and under its name only."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from net119_reference.images.vault import Vault, VaultError

CARD = b"\xff\xd8 driving licence of somebody"


def test_sealed_and_opened(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "key")
    sealed = vault.seal(CARD, "image-1")
    assert CARD not in sealed
    assert b"driving" not in sealed
    assert vault.open(sealed, "image-1") == CARD
    assert Vault(tmp_path / "key").open(sealed, "image-1") == CARD, "after a restart too"


def test_the_same_content_is_never_sealed_alike(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "key")
    assert vault.seal(CARD, "a") != vault.seal(CARD, "a")


def test_another_name_another_key_or_a_change_does_not_open(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "key")
    sealed = vault.seal(CARD, "image-1")
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
    other = Vault(tmp_path / "other")
    for opener, content, name in (
        (vault, sealed, "image-2"),
        (other, sealed, "image-1"),
        (vault, flipped, "image-1"),
        (vault, b"", "image-1"),
        (vault, sealed[:9], "image-1"),
    ):
        with pytest.raises(VaultError):
            opener.open(content, name)


def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    Vault(file)
    assert file.stat().st_mode & 0o777 == 0o600
    os.chmod(file, 0o644)
    with pytest.raises(VaultError, match="chmod 600"):
        Vault(file)


def test_a_wrong_key_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.touch(mode=0o600)
    file.write_bytes(b"short")
    with pytest.raises(VaultError, match="5 bytes"):
        Vault(file)
    with pytest.raises(VaultError, match="cannot be made"):
        Vault(tmp_path / "nowhere" / "key")


def test_those_that_start_at_once_use_one_key(tmp_path: Path) -> None:
    """Two first images once met: one made the key file while the other read it, still empty."""
    for attempt in range(20):
        file = tmp_path / f"key-{attempt}"
        with ThreadPoolExecutor(8) as pool:
            vaults = list(pool.map(lambda _: Vault(file), range(8)))  # noqa: B023  # ends in this turn
        sealed = [vault.seal(b"x", "name") for vault in vaults]
        assert [vault.open(each, "name") for vault, each in zip(vaults, sealed[::-1], strict=True)]
        assert [each.name for each in tmp_path.glob(".*")] == []
