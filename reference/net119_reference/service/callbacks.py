"""Callbacks: letters written, their fate told, and calls reopened by their URLs (CNB-31).

The rules stand in :mod:`net119_reference.calls.callback` and :mod:`~net119_reference.calls.reopen`;
here they meet the profiles, the registrants' addresses, the post office and the peers.
"""

import functools
import secrets
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from net119_protocol.api.console_acts import Callback, CallbackFrame
from net119_protocol.api.handset import CallbackOpened
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import (
    CallbackFailure,
    ErrorCode,
    LinkSecurity,
    OfferCause,
    Presence,
    Refusal,
)
from net119_protocol.interconnect import Envelope, MessageType, bodies
from net119_protocol.profile.model import Profile

from net119_reference.calls import anchor, callback, reopen
from net119_reference.calls.callback import Asking, Means
from net119_reference.calls.effects import ActKind, Change
from net119_reference.calls.link_mark import mark
from net119_reference.calls.model import Call, Side, Unit
from net119_reference.logs import get_log
from net119_reference.mail.post_office import PostOffice
from net119_reference.mail.schedule import Delivery
from net119_reference.ports import CallbackView, HandsetIdentity, Refused
from net119_reference.registration.callback_letter import callback_letter
from net119_reference.registration.states import CAN_CALL
from net119_reference.service import live as memory
from net119_reference.service import views
from net119_reference.service.callback_urls import CallbackUrl, CallbackUrls
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live
from net119_reference.service.registration.office import charset_of
from net119_reference.service.registry import Registry, token_hash
from net119_reference.service.transfers import MINOR

log = get_log("callback")


class Callbacks:
    """Carries out callbacks, within commands of the kernel."""

    def __init__(
        self,
        core: Core,
        registry: Registry,
        profile: Callable[[str], Profile],
        post: PostOffice | None,
    ) -> None:
        self._core = core
        self._registry = registry
        self._profile = profile
        self._post = post
        self._urls = CallbackUrls()
        if post is not None:
            post.on_fate = self._letter_fate

    async def load(self) -> None:
        """Read the URLs, and what became of letters while nobody could be told."""
        await self._core.database.read(self._urls.load)
        if self._post is None:
            return
        for status in await self._post.statuses([url.letter for url in self._urls.all()]):
            url = self._urls.by_letter(status.message_id)
            if url is not None and status.state not in (Delivery.QUEUED, Delivery.DEFERRED):
                await self._core.ensure(url.call_id)
                told = functools.partial(self._tell, url, status.state, status.reason)
                self._core.kernel.post(told)

    # --- asking -------------------------------------------------------------------------------

    def ask(self, tx: Transaction, live: Live, call: Call, by: str) -> int:
        """A dispatcher of ours asks; returns the callback's number."""
        core = self._core
        asking = Asking(by, core.operator)
        if call.side is Side.ANCHOR:
            self._begin(tx, live, call, asking)
        elif core.peers.speaks(call.anchor, MINOR) is False:
            detail = f"{call.anchor} does not know callbacks"
            reason = CallbackFailure.UNSUPPORTED
            self._record(tx, live, callback.refuse(call, asking, reason, detail, tx.now))
        else:
            change = callback.ask_anchor(call, asking, tx.now, memory.new_id())
            self._record(tx, live, change)
        return len(live.known().callbacks)

    def on_request(
        self,
        tx: Transaction,
        live: Live,
        call: Call,
        envelope: Envelope,
        body: bodies.CallbackRequest,
    ) -> None:
        """The owner at another provider asks this anchor."""
        asking = Asking(body.requested_by, call.owner.provider, envelope.message_id)
        self._begin(tx, live, call, asking)

    def _begin(self, tx: Transaction, live: Live, call: Call, asking: Asking) -> None:
        department = call.home.department.code
        settings = self._core.config.callback
        registrant_id = call.registrant_id
        means = Means(
            allowed=self._profile(department).callback_mail,
            mail=self._post is not None,
            address=self._registry.mail_of(registrant_id) if registrant_id else None,
            per_hour=settings.per_hour,
        )
        obstacle = callback.obstacle(call, means, tx.now)
        if obstacle is not None:
            self._record(tx, live, callback.refuse(call, asking, *obstacle, tx.now))
            return
        try:
            secret, letter = self._write(tx, call, means.address or "")
        except Refused as refused:
            change = callback.refuse(
                call, asking, CallbackFailure.NO_ADDRESS, refused.detail, tx.now
            )
            self._record(tx, live, change)
            return
        after = self._record(tx, live, callback.ask(call, asking, tx.now))
        self._urls.add(
            tx,
            secret,
            call_id=call.call_id,
            number=len(after.callbacks),
            letter=letter,
            expires_at=tx.now + timedelta(seconds=settings.valid_s),
        )

    def _write(self, tx: Transaction, call: Call, address: str) -> tuple[str, str]:
        """Store the letter; the secret of its URL, and its Message-ID.

        Raises:
            Refused: nothing can be mailed to the address.
        """
        if self._post is None:
            raise LookupError("there is no post office")
        profile = self._profile(call.home.department.code)
        secret = self._urls.new_secret()
        until = tx.now + timedelta(seconds=self._core.config.callback.valid_s)
        url = f"{self._core.config.public_url.rstrip('/')}/b/{secret}"
        text = callback_letter(
            profile, call.owner.department, call.mode, call.opened_at, url, until
        )
        letter = self._post.send(
            tx,
            department=profile.department,
            sender=profile.mail.service_sender,
            to=address,
            subject=text.subject,
            text=text.text,
            kind=text.kind,
            registrant_id=call.registrant_id,
            charset=charset_of(call.registrant),
            follows=True,
        )
        return secret, letter

    # --- answers ------------------------------------------------------------------------------

    def on_answer(
        self,
        tx: Transaction,
        live: Live,
        call: Call,
        envelope: Envelope,
        body: bodies.CallbackSent | bodies.CallbackFailed,
    ) -> None:
        """The anchor's answer to a request of ours."""
        self._record(tx, live, callback.on_answer(call, body, envelope.in_reply_to, tx.now))

    def on_error(
        self, tx: Transaction, live: Live, in_reply_to: UUID | None, error: bodies.ErrorReport
    ) -> None:
        """The anchor refused a message of ours; if it was a request, that has failed."""
        asked = error.offending_type == MessageType.CALLBACK_REQUEST.value
        if in_reply_to is None and not asked:
            return
        detail = f"{error.code.value}: {error.detail}"
        if error.code is not ErrorCode.UNKNOWN_TYPE:
            detail = f"refused by the home provider: {detail}"
        self._record(tx, live, callback.on_unknown_type(live.known(), in_reply_to, detail, tx.now))

    def reopened(
        self,
        tx: Transaction,
        live: Live,
        envelope: Envelope,
        body: bodies.CallAssign,
        unit: Unit | None,
    ) -> bool:
        """Whether the anchor gives a closed call of ours back: its caller came by the newest
        callback, and it rings again."""
        call = live.known()
        ours = call.owner.provider == self._core.operator and not call.open
        if body.cause is not OfferCause.REOPENED or unit is None or not ours:
            return False
        change = reopen.received(call, envelope.epoch, unit, tx.now, self._core.timing)
        self._record(tx, live, change)
        self._record(tx, live, Change(callback.came_back(live.known(), tx.now)))
        return True

    # --- letters ------------------------------------------------------------------------------

    def _letter_fate(
        self, tx: Transaction, message_id: str, outcome: Delivery, reason: str
    ) -> None:
        url = self._urls.by_letter(message_id)
        if url is None:
            return
        if url.call_id in self._core.lives:
            self._tell(url, outcome, reason, tx)
        else:
            tx.after(lambda: self._core.outbox.spawn(self._tell_later(url, outcome, reason)))

    async def _tell_later(self, url: CallbackUrl, outcome: Delivery, reason: str) -> None:
        await self._core.ensure(url.call_id)
        self._core.kernel.post(functools.partial(self._tell, url, outcome, reason))

    def _tell(self, url: CallbackUrl, outcome: Delivery, reason: str, tx: Transaction) -> None:
        live = self._core.lives.get(url.call_id)
        if live is None or live.call is None:
            return
        change = callback.on_letter(live.call, url.number, outcome, reason, tx.now)
        self._record(tx, live, change)

    def _record(self, tx: Transaction, live: Live, change: Change) -> Call:
        """Store a change, show it at the consoles, and let go who waits for it."""
        core, before = self._core, live.call
        call = core.record(tx, live, change)
        for each in callback.changed(before, call):
            tx.after(functools.partial(self._show, call, each))
            if each.state != "queued" or each.failure is not None:
                ended = functools.partial(
                    core.waiters.ended, call.call_id, ActKind.CALLBACK, each.number, each
                )
                tx.after(ended)
        return call

    def _show(self, call: Call, shown: Callback) -> None:
        frame = CallbackFrame(call_id=call.call_id, callback=shown)
        self._core.hub.to_consoles(call.centers, lambda _center: frame)

    # --- the URL ------------------------------------------------------------------------------

    async def look(self, secret: str) -> CallbackView:
        """What a URL is for; it opens nothing (mail scanners fetch it, too).

        Raises:
            Refused: it is unknown, replaced or expired; the code says which.
        """
        core = self._core
        url = await self._found(secret)

        def look(tx: Transaction) -> CallbackView:
            live, call = self._usable(url, tx)
            return CallbackView(
                call=views.for_caller(call, live.last_seq),
                department=call.home.department.code,
                asks=call.owner.department,
                opened=url.opened and call.open,
                expires_at=url.expires_at,
            )

        return await core.kernel.run(look)

    async def department(self, secret: str) -> str | None:
        """Whose registrant the holder of a URL is, also of one that opens no more."""
        url = self._urls.by_secret(secret)
        if url is None:
            return None
        await self._core.ensure(url.call_id)
        call = self._core.live(url.call_id).call
        return None if call is None else call.home.department.code

    async def open(self, secret: str, link: LinkSecurity, token: str = "") -> CallbackOpened:
        """Come back to the call: the caller's own act, never a mere look at the URL.

        Args:
            token: what to use as the token; by default a random one.

        Raises:
            Refused: the URL opens nothing (any more), or the registrant was suspended.
        """
        core = self._core
        url = await self._found(secret)
        token = token or secrets.token_urlsafe(24)

        def come_back(tx: Transaction) -> CallbackOpened:
            live, call = self._usable(url, tx)
            if not call.open:
                self._check_registrant(call)
                call = self._reopen(tx, live, call)
            self._urls.open(tx, self._urls.present(url), token)
            call = self._record(tx, live, callback.opened(call, url.number, tx.now))
            call = core.record(tx, live, mark(call, link))
            return CallbackOpened(
                token=token,
                call=views.for_caller(call, live.last_seq),
                chat_path=f"/api/handset/v1/calls/{call.call_id}/chat",
            )

        return await core.kernel.run(come_back)

    async def _found(self, secret: str) -> CallbackUrl:
        url = self._urls.by_secret(secret)
        if url is None:
            raise Refused(Refusal.LINK_UNKNOWN, "no callback mail has this URL")
        await self._core.ensure(url.call_id)
        return url

    def _usable(self, url: CallbackUrl, tx: Transaction) -> tuple[Live, Call]:
        live = self._core.live(url.call_id)
        if live.call is None:
            raise Refused(Refusal.LINK_UNKNOWN, "the call's record has been destroyed")
        shut = self._urls.present(url).shut(tx.now, call_open=live.call.open)
        if shut is not None:
            raise Refused(shut, f"this callback URL is {shut.value.removeprefix('link-')}")
        return live, live.call

    def _check_registrant(self, call: Call) -> None:
        found = self._registry.find(call.registrant_id) if call.registrant_id else None
        if found is not None and found.state is RegistrationState.SUSPENDED:
            raise Refused(Refusal.REGISTRANT_SUSPENDED, found.reason)
        if found is None or found.state not in CAN_CALL:
            raise Refused(Refusal.REGISTRANT_REFUSED, "the registration has ended")

    def _reopen(self, tx: Transaction, live: Live, call: Call) -> Call:
        core = self._core
        # A handset may have gone unnoticed while the call was closed: with a restart, for instance.
        here = core.hub.has_handset(call.call_id)
        present = Presence.CONNECTED if here else Presence.GONE
        call = core.record(tx, live, anchor.on_presence(call, present, tx.now))
        own = call.owner.provider == core.operator
        reachable = (
            core.hub.has_console(call.owner.center)
            if own
            else core.peers.running(call.owner.provider)
        )
        change = reopen.reopen(
            call,
            tx.now,
            core.timing,
            own=own,
            reachable=reachable,
            last_seq=live.last_seq,
            home_console=core.home_console(call),
        )
        return core.record(tx, live, change)

    async def session(
        self, token: str, call_id: UUID | None = None, secret: str | None = None
    ) -> HandsetIdentity | None:
        """Who came by a callback URL, for the one call that the token is good for.

        ``None`` where it is no such token, is for another call than ``call_id``, was given by
        another URL than that of ``secret``, or has ended: when the call is closed and the URL has
        expired.
        """
        url = self._urls.of_session(token)
        if url is None or call_id not in (None, url.call_id):
            return None
        if secret is not None and token_hash(secret) != url.secret_hash:
            return None
        await self._core.ensure(url.call_id)
        call = self._core.live(url.call_id).call
        if call is None or call.registrant_id is None:
            return None
        if not call.open and self._core.clock.now() >= url.expires_at:
            return None
        return HandsetIdentity(
            call.registrant_id,
            call.home.department.code,
            token_hash(token),
            call_id=url.call_id,
        )
