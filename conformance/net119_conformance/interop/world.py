"""The world of a purpose of a pair: its scenes, and who owns a call, also after a crash."""

from collections.abc import Sequence
from uuid import UUID

from net119_protocol.codes import CallState
from net119_protocol.interconnect import MessageType

from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.errors import TrialEnded
from net119_conformance.interop import steps as duties
from net119_conformance.interop.blame import Side, Step
from net119_conformance.interop.owning import comes_to_own, only_owner, owns_now
from net119_conformance.interop.scenes import PairScenes

_WHOSE = (MessageType.CALL_ASSIGN, MessageType.CALL_WITHDRAW)
"""By these the anchor says whether the call is the receiving side's."""


class PairWorld(PairScenes):
    """What a purpose of a pair is handed."""

    async def one_owner(
        self, call_id: UUID, here: Console | None, there: Console, when: str, ja: str
    ) -> Side | None:
        """The side whose console owns a call after one of the two died; None if it is not one.

        ``here`` is the home console, where there is one to look at; ``when`` says when it is asked.
        The anchor may have taken the call home, if the receiving side was away for longer than T3;
        that ends the purpose as INCONCLUSIVE where nobody can look there.
        """
        consoles = {Side.RECEIVING: there}
        if here is not None:
            consoles[Side.ORIGINATING] = here
        owners: list[Side] = []

        async def look() -> list[Side]:
            nonlocal owners
            owners = [side for side, each in consoles.items() if await owns_now(each, call_id)]
            return owners

        with self.trial.waiting("one console, and the same, to own the call"):
            owner, seen = await only_owner(
                look,
                steady_s=self.patience,
                within=self.again_s + (self.timers.t3_s or 30.0),
            )
        # What the anchor said last decides: it took the call home, or left it there.
        said = self.wire.last(Side.ORIGINATING, _WHOSE, call_id)
        home = said is MessageType.CALL_WITHDRAW
        if home and here is None:
            key = self.members[Side.ORIGINATING].key
            self._end(
                f"{key} withdrew the call from the receiving system, as it may after T3, and has "
                "no console at home that the suite could look at: whether it is the only owner "
                f"{when} cannot be told",
                f"{key} は通報を受ける側から取り戻しました（T3 の後なら正しい動作です）。登録地の"
                f"指令台を試験側から見られないため、{ja}に担当が一つだけかどうかは分かりません",
            )
        self.holds(
            f"exactly one console owns the call {when}",
            owner is not None,
            expected=f"one owner, and the same for {self.patience:g} s",
            seen=self.members[owner].key if owner is not None else seen,
            side=Side.RECEIVING if bool(owners) is home else Side.ORIGINATING,
            ja=f"{ja}、通報の担当は一つだけである",
        )
        return owner

    async def not_owned_at_home(self, call_id: UUID, console: Console) -> None:
        """The home console does not own a call that another department answered, nor comes to."""
        with self.trial.waiting("the home console, which must not own the call"):
            owned = await comes_to_own(console, call_id, self.patience)
        self.holds(
            "the home console does not own the call",
            not owned,
            expected=f"not the home department's, looked at for {self.patience:g} s",
            seen="owned by the home department" if owned else "not owned",
            side=Side.ORIGINATING,
            ja="登録地の指令台のものにはなっていない",
        )

    async def takes(self, owner: Side, console: Console, call_id: UUID, *, new: bool) -> None:
        """Have the owner's dispatcher take the call: answer it where it rings, else take it over.

        ``new``: this dispatcher has not answered it before.
        """
        shown = await console.wait_for_call(call_id, self.patience)
        if shown.state is CallState.RINGING:
            work, what, ja = console.answer(call_id), "answer", "応答できる"
        elif new:
            work, what, ja = console.take_over(call_id), "take over", "引き継げる"
        else:
            return
        taken = await self.shows(
            f"the owner's dispatcher can {what} the call",
            work,
            self.patience,
            expected="the call",
            side=owner,
            steps=lambda: (),
            ja=f"担当の指令員が{ja}",
        )
        if taken is None:
            raise TrialEnded("no call to go on with")

    async def owner_reads(
        self, owner: Side, console: Console, call_id: UUID, seq: int, text: str
    ) -> None:
        """The owner's dispatcher has a line that was acknowledged, and passed on to nobody then."""

        def steps() -> Sequence[Step]:
            remote = owner is Side.RECEIVING
            return duties.line_of_caller(self.wire, call_id, text) if remote else ()

        within = self.patience + self.again_s
        await self.shows(
            "the owner's dispatcher has the line that was under way",
            console.wait_for_line(
                call_id, lambda line: (line.seq, line.text) == (seq, text), within
            ),
            within + 1,
            expected=f"line {seq}: {text}",
            side=owner,
            steps=steps,
            ja="送られる途中だった文が担当の指令員に届く",
        )

    async def owner_goes_on(
        self, owner: Side, console: Console, call: HandsetCall, text: str, before: Sequence[str]
    ) -> None:
        """The owner's line gets to the caller, and both have every line of ``before`` once."""
        within = self.patience + self.again_s

        def steps() -> Sequence[Step]:
            remote = owner is Side.RECEIVING
            return duties.line_of_dispatcher(self.wire, call.id, text) if remote else ()

        await self.shows(
            "the owner's line is acknowledged",
            console.say(call.id, text, within=within),
            within + 1,
            expected="an acknowledgement",
            side=owner,
            steps=steps,
            ja="担当の指令員の文が確認される",
        )
        await self.shows(
            "the caller reads the owner's line",
            call.wait_for_line(lambda line: line.text == text, self.patience),
            self.patience + 1,
            expected=text,
            side=Side.ORIGINATING,
            steps=steps,
            ja="担当の指令員の文が通報者に届く",
        )
        record = await console.record(call.id)
        self._has_once(
            "the caller's chat has every acknowledged line once",
            [line.text for line in call.lines],
            before,
            Side.ORIGINATING,
            "通報者の画面に、確認済みの文が一度ずつすべてある",
        )
        self._has_once(
            "the owner's record has every acknowledged line once",
            [line.text for line in record.lines],
            before,
            owner,
            "担当の記録に、確認済みの文が一度ずつすべてある",
            duties.numbered_once(self.wire, call.id, before) if owner is Side.RECEIVING else (),
        )

    def _has_once(
        self,
        name: str,
        found: Sequence[str],
        wanted: Sequence[str],
        side: Side,
        ja: str,
        steps: Sequence[Step] = (),
    ) -> None:
        self.holds(
            name,
            all(found.count(each) == 1 for each in wanted),
            expected=list(wanted),
            seen=list(found),
            side=side,
            steps=steps,
            ja=ja,
        )
