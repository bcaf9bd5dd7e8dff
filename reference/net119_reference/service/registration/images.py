"""Identity images: cleaned, encrypted, and handed to the reviewing department only."""

import asyncio
import math
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from net119_reference.images.identity import ImageRefused, clean_image
from net119_reference.images.vault import Vault
from net119_reference.mail.flood import Flood, Rate
from net119_reference.service.kernel import Transaction
from net119_reference.service.registration import rows
from net119_reference.service.rows import stamp
from net119_reference.store import Database
from net119_reference.store import registration_schema as tables

AT_ONCE = 2
"""Images decoded at a time: each may take hundreds of megabytes, and calls need the rest."""
TRIES = 20
"""Images taken through one URL at once, and then within an hour."""
_HOUR_S = 3600


class ImageStore:
    """Identity images in the database, sealed with the provider's own key."""

    def __init__(self, database: Database, key_file: Path) -> None:
        self._database = database
        self._key_file = key_file
        self._vault: Vault | None = None
        self._decoding = asyncio.Semaphore(AT_ONCE)
        self._tries = Flood(Rate(TRIES, TRIES / _HOUR_S), Rate(math.inf, 0))
        self._of_links: set[str] = set()
        self._of_registrants: set[UUID] = set()

    async def load(self) -> None:
        """Read who has an image."""
        await self._database.read(self._load)

    def _load(self, connection: Connection) -> None:
        table = tables.identity_images
        for row in connection.execute(sa.select(table.c.registrant_id, table.c.link_hash)):
            if row.registrant_id:
                self._of_registrants.add(UUID(row.registrant_id))
            else:
                self._of_links.add(row.link_hash)

    async def seal(self, content: bytes, link_hash: str, now: datetime) -> tuple[str, bytes]:
        """Clean and encrypt what came through a URL; the new image's name and what to store.

        Raises:
            ImageRefused: it is no image that can be taken, or one of too many; the texts say what
                to do.
        """
        if self._tries.refuses(link_hash, now) is not None:
            raise ImageRefused(
                "too-many-tries",
                "画像を送った回数が多すぎます。1時間ほど待ってから、もう一度送ってください。",
                "Too many images have been sent. Wait about an hour, then send it again.",
            )
        async with self._decoding:
            return await asyncio.to_thread(self._seal, content)

    def _seal(self, content: bytes) -> tuple[str, bytes]:
        name = str(uuid4())
        return name, self._open_vault().seal(clean_image(content).jpeg, name)

    def _open_vault(self) -> Vault:
        # Made at the first image: a provider without registration pages needs no key.
        if self._vault is None:
            self._vault = Vault(self._key_file)
        return self._vault

    def keep(
        self, tx: Transaction, department: str, link_hash: str, name: str, sealed: bytes
    ) -> None:
        """Keep a draft's image in place of the former one."""
        tx.write(rows.DELETE_IMAGES_OF_LINK, b_link_hash=link_hash)
        tx.write(
            rows.INSERT_IMAGE,
            image_id=name,
            department=department,
            link_hash=link_hash,
            sealed=sealed,
            added_at=stamp(tx.now),
        )
        tx.after(lambda: self._of_links.add(link_hash))

    def move(self, tx: Transaction, old: str, new: str) -> None:
        """A URL has taken the place of another one: the draft's image goes with the draft."""
        tx.write(rows.MOVE_IMAGE, b_link_hash=old, b_new_hash=new)

        def moved() -> None:
            if old in self._of_links:
                self._of_links.discard(old)
                self._of_links.add(new)

        tx.after(moved)

    def claim(self, tx: Transaction, link_hash: str, registrant_id: UUID) -> None:
        """The draft was submitted: its image, if it has one, replaces the registration's."""
        if link_hash not in self._of_links:
            return
        tx.write(rows.DELETE_IMAGES, b_registrant_id=str(registrant_id))
        tx.write(rows.CLAIM_IMAGE, b_link_hash=link_hash, b_registrant_id=str(registrant_id))
        tx.after(lambda: self._of_registrants.add(registrant_id))
        tx.after(lambda: self._of_links.discard(link_hash))

    def reviewed(self, tx: Transaction, registrant_id: UUID, keep_days: int) -> None:
        """Start the clock after which the image is deleted; at once where it is not kept."""
        if registrant_id in self._of_registrants:
            if keep_days == 0:
                self.delete(tx, registrant_id)
                return
            tx.write(
                rows.REVIEWED_IMAGES,
                b_registrant_id=str(registrant_id),
                b_reviewed_at=stamp(tx.now),
            )

    def delete(self, tx: Transaction, registrant_id: UUID) -> None:
        """Delete the registration's image."""
        tx.write(rows.DELETE_IMAGES, b_registrant_id=str(registrant_id))
        tx.after(lambda: self._of_registrants.discard(registrant_id))

    def delete_draft(self, tx: Transaction, link_hash: str) -> None:
        """Delete the image of a draft that was never submitted."""
        tx.write(rows.DELETE_IMAGES_OF_LINK, b_link_hash=link_hash)
        tx.after(lambda: self._of_links.discard(link_hash))

    def has(self, registrant_id: UUID | None, link_hash: str | None = None) -> bool:
        """Whether the registration, or the draft of a URL, has an image."""
        return registrant_id in self._of_registrants or link_hash in self._of_links

    async def read(self, registrant_id: UUID) -> bytes | None:
        """The image of a registration as JPEG; ``None`` if there is none."""
        return await self._read(tables.identity_images.c.registrant_id == str(registrant_id))

    async def read_draft(self, link_hash: str) -> bytes | None:
        """The image of a draft as JPEG; ``None`` if there is none."""
        return await self._read(tables.identity_images.c.link_hash == link_hash)

    async def _read(self, wanted: sa.ColumnElement[bool]) -> bytes | None:
        table = tables.identity_images

        def find(connection: Connection) -> tuple[str, bytes] | None:
            row = connection.execute(
                sa.select(table.c.image_id, table.c.sealed).where(wanted)
            ).first()
            return (row.image_id, row.sealed) if row else None

        found = await self._database.read(find)
        if found is None:
            return None
        name, sealed = found
        return await asyncio.to_thread(lambda: self._open_vault().open(sealed, name))
