"""Feature phones: sessions whose secret stands in the URL, and calls that are followed by polling.

Such a phone keeps no connection and often no cookie (au over HTTPS, i-mode 1.0; jpmobile).
"""

import base64
import functools
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from net119_protocol.api.handset import LogIn
from net119_protocol.chat import LineContent
from net119_protocol.codes import Presence, ProviderState, Refusal, SenderRole
from net119_protocol.model import TEXT_LIMIT, WireModel

from net119_reference.calls import anchor
from net119_reference.calls.effects import Change, Note
from net119_reference.calls.link_mark import mark
from net119_reference.calls.model import Call
from net119_reference.connected import ShownLine
from net119_reference.ports import HandsetIdentity, Refused
from net119_reference.service import live as memory
from net119_reference.service.core import Core
from net119_reference.service.hub import Subscriber
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live
from net119_reference.service.registry import Registry

IDLE = timedelta(minutes=30)
"""A session ends so long after its last page."""
IN_CALL = timedelta(hours=6)
"""The same while a call is open: whoever was out of coverage must not have to log in again."""

POLLING_JA = (
    "通報者の端末は携帯電話（フィーチャーフォン）です。"
    "新しい行は、通報者が「更新」を押したときに表示されます。"
)
"""Said once in each such call, so that dispatchers know why answers take their time."""
UNSHOWN_JA = (
    "この行には、通報者の携帯電話に表示できない文字があります（{seq}番: {characters}）。"
    "「〓」などに置き換えて表示しました。ほかの言葉で書いてください。"
)
"""Said to whoever wrote a line, and seen by both (CNB-30)."""


def session_token(secret: str, device: str) -> str:
    """The token of a session: made of the URL's secret and the phone, and telling neither."""
    made = hmac.new(device.encode(), b"mobile:" + secret.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")


async def _nobody(_token: str) -> HandsetIdentity | None:
    return None


class _Deaf:
    """The sink of a phone that asks instead of being told."""

    def send(self, frame: WireModel | ShownLine) -> None:
        """Nothing: the phone fetches lines with its next page."""

    def has_room(self, again: Callable[[], None] | None = None) -> bool:
        """Always: nothing is kept."""
        return True

    def end(self, code: Refusal, detail: str) -> None:
        """Nothing: there is no connection to close."""


@dataclass
class _Lease:
    """A polling phone counts as connected until then."""

    subscriber: Subscriber
    until: datetime


class FeaturePhoneDesk:
    """What only feature phones need of the service."""

    def __init__(self, core: Core, registry: Registry) -> None:
        self._core = core
        self._registry = registry
        self._leases: dict[UUID, _Lease] = {}
        self.by_callback: Callable[[str], Awaitable[HandsetIdentity | None]] = _nobody
        """Whose session a token is that a callback's URL gave."""

    def operating(self) -> tuple[ProviderState, datetime]:
        """The provider's own state, and since when it has been in it (ASO-22)."""
        return self._core.state, self._core.state_since

    # --- sessions -----------------------------------------------------------------------------

    async def log_in(self, body: LogIn, device: str) -> str:
        """Log in; returns the secret of the session's URL.

        Raises:
            Refused: ID or password is wrong (``not-authenticated``).
        """
        secret = secrets.token_urlsafe(24)
        await self._registry.log_in(
            body.login_id, body.password, token=session_token(secret, device), lives=IDLE
        )
        return secret

    def new_session(self, device: str) -> tuple[str, str]:
        """Secret of the URLs of a session to be, and its token, which a callback is opened with."""
        secret = secrets.token_urlsafe(24)
        return secret, session_token(secret, device)

    async def session(self, secret: str, device: str) -> HandsetIdentity:
        """Whose session it is; it lives on by being used.

        Raises:
            Refused: it is none, or another phone's, or it has ended (``not-authenticated``).
        """
        token = session_token(secret, device)
        if (back := await self.by_callback(token)) is not None:
            return back
        who = self._registry.handset(token)

        def prolong(tx: Transaction) -> None:
            calling = any(
                live.call is not None and live.call.registrant_id == who.registrant_id
                for live in self._core.open_calls()
            )
            self._registry.prolong(tx, who.token_hash, IN_CALL if calling else IDLE)

        await self._core.kernel.run(prolong)
        return who

    def _own(self, who: HandsetIdentity, call_id: UUID) -> tuple[Live, Call]:
        live, call = self._core.call_here(call_id)
        if call.registrant_id != who.registrant_id or who.call_id not in (None, call_id):
            raise Refused(Refusal.UNKNOWN_CALL, f"no call {call_id} of yours is known here")
        return live, call

    # --- polling ------------------------------------------------------------------------------

    async def polled(self, who: HandsetIdentity, call_id: UUID) -> None:
        """The phone has just fetched the call's page.

        It counts as connected for ``timers.poll_s`` from then on; the call's history says that
        this is what "connected" means.
        """
        core = self._core
        await core.ensure(call_id)
        await core.kernel.run(functools.partial(self._poll, who, call_id))

    def _poll(self, who: HandsetIdentity, call_id: UUID, tx: Transaction) -> None:
        core = self._core
        live, call = self._own(who, call_id)
        if not call.open:
            return
        call = core.record(tx, live, mark(call, who.link))
        lease_s = core.config.timers.poll_s
        change = anchor.on_presence(call, Presence.CONNECTED, tx.now)
        if call.presence is Presence.GONE:
            note = Note("handset polls", f"connected while it fetches a page every {lease_s:g} s")
            change = Change(change.call, (*change.effects, note))
        core.record(tx, live, change)
        core.say(
            tx, live, memory.SYSTEM, SenderRole.SYSTEM, "", "polling", LineContent(text=POLLING_JA)
        )
        # At once, not after the commit: a command of the same batch may ask who is connected.
        self._lease(call_id, tx.now + timedelta(seconds=lease_s))

    def _lease(self, call_id: UUID, until: datetime) -> None:
        core = self._core
        lease = self._leases.get(call_id)
        if lease is not None:
            lease.until = until
            return
        self._leases[call_id] = _Lease(Subscriber(_Deaf()), until)
        core.hub.add_handset(call_id, self._leases[call_id].subscriber)
        core.kernel.at(until, functools.partial(self._due, call_id))

    def _due(self, call_id: UUID, tx: Transaction) -> None:
        """The lease may have run out: then the phone is gone."""
        lease = self._leases.get(call_id)
        if lease is None:
            return
        if lease.until > tx.now:
            self._core.kernel.at(lease.until, functools.partial(self._due, call_id))
            return
        del self._leases[call_id]
        if self._core.hub.remove_handset(call_id, lease.subscriber):
            self._core.kernel.post(functools.partial(self._note_gone, call_id))

    def _note_gone(self, call_id: UUID, tx: Transaction) -> None:
        core = self._core
        live = core.lives.get(call_id)
        # It may have asked again before this was its turn.
        if live is not None and live.call is not None and not core.hub.has_handset(call_id):
            core.record(tx, live, anchor.on_presence(live.call, Presence.GONE, tx.now))

    async def note_unshown(
        self, who: HandsetIdentity, call_id: UUID, seq: int, characters: Sequence[str]
    ) -> None:
        """Tell the writer of line ``seq`` what the phone could not show; once for each line."""
        core = self._core
        await core.ensure(call_id)

        def tell(tx: Transaction) -> None:
            live, call = self._own(who, call_id)
            key = f"unshown-{seq}"
            if not call.open or (memory.SYSTEM, key) in live.said:
                return
            named = "、".join(f"「{each}」" for each in characters)[:500]
            text = UNSHOWN_JA.format(seq=seq, characters=named)[:TEXT_LIMIT]
            core.say(tx, live, memory.SYSTEM, SenderRole.SYSTEM, "", key, LineContent(text=text))

        await core.kernel.run(tell)
