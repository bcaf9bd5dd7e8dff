"""What must hold of a call after whatever a bad peer did to it (invariants I1 to I5)."""

from collections.abc import Collection

from net119_protocol.api.console import CallRecord
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Mode

from net119_simulators.errors import Waited
from net119_simulators.peer.bad.access import Caller
from net119_simulators.peer.bad.run import BadRun, in_short
from net119_simulators.peer.offered_call import OfferedCall
from net119_simulators.peer.taken_call import TakenCall
from net119_simulators.phone_call import PhoneCall


async def holds_at_anchor(
    run: BadRun,
    call: Caller,
    owner: str,
    said: Collection[str] = (),
    taken: TakenCall | None = None,
    mode: Mode = Mode.TEST,
) -> CallRecord:
    """The system is the anchor: ``owner`` has the call, and ``said`` are the acknowledged lines.

    ``taken`` is the peer's view, whose lines must then be the same as well.
    """
    record = await run.bench.console.record(call.id)
    last = max((line.seq for line in record.lines), default=0)
    try:
        if last:
            await call.wait_for_line(lambda line: line.seq == last, run.patience)
            if taken is not None:
                await taken.wait_for_line(lambda line: line.seq == last, run.patience)
    except Waited:
        pass  # the comparison below says what is missing
    _owner(run, record, owner)
    views = {
        "通報端末": ("the phone", call.lines),
        "指令台": ("the console", run.bench.console.lines(call.id)),
    }
    if taken is not None:
        views["相手の事業者"] = ("the peer", taken.lines)
    if not record.call.mine:
        # A console hears of lines only while the call is its own.
        del views["指令台"]
    _lines(run, record, views, said)
    unseen = [each.client_id for each in call.unseen()] if isinstance(call, PhoneCall) else []
    _once(run, record, [*map(str, call.violations), *run.broken_at_console(), *unseen])
    _mode(run, mode, {"phone": call.view.mode, "record": record.call.mode})
    return record


async def holds_at_callee(
    run: BadRun,
    call: OfferedCall,
    said: Collection[str] = (),
    *,
    mine: bool = True,
    mode: Mode = Mode.TEST,
    gaps: bool = False,
) -> CallRecord:
    """The peer is the anchor: the system owns the call or (``mine`` false) does not believe so.

    ``gaps`` says that the peer itself left lines out, so that numbers are missing everywhere.
    """
    record = await run.bench.console.record(call.call_id)
    owner = run.bench.home.code if mine else run.bench.there.code
    _owner(run, record, owner)
    views: dict[str, tuple[str, tuple[ChatLine, ...]]] = {
        "登録地の事業者": ("the anchor", call.lines)
    }
    if mine:
        views["指令台"] = ("the console", run.bench.console.lines(call.call_id))
    _lines(run, record, views, said)
    _once(run, record, run.broken_at_console(but="I3" if gaps else ""))
    _mode(run, mode, {"record": record.call.mode})
    return record


def _owner(run: BadRun, record: CallRecord, owner: str) -> None:
    seen = record.call.owner.code
    run.check(
        "I1",
        "通報の担当はちょうど一つ",
        "the call has exactly one owner",
        seen == owner,
        owner,
        seen,
    )
    epochs = [entry.epoch for entry in record.history]
    run.check(
        "I1",
        "epoch が後戻りしない",
        "the epoch never goes back",
        epochs == sorted(epochs),
        "rising epochs",
        epochs,
    )


def _lines(
    run: BadRun,
    record: CallRecord,
    views: dict[str, tuple[str, tuple[ChatLine, ...]]],
    said: Collection[str],
) -> None:
    texts = [line.text for line in record.lines]
    lost = [text for text in said if text not in texts]
    run.check(
        "I2",
        "確認された文が一つも失われていない",
        "no acknowledged line is lost",
        not lost,
        list(said),
        texts,
    )
    kept = in_short(record.lines)
    for ja, (en, lines) in views.items():
        run.check(
            "I3",
            f"{ja}と記録の順が同じ",
            f"{en} has the same order as the record",
            in_short(lines) == kept,
            kept,
            in_short(lines),
        )


def _once(run: BadRun, record: CallRecord, broken: list[str]) -> None:
    names = [line.client_id for line in record.lines]
    seqs = [line.seq for line in record.lines]
    twice = sorted({name for name in names if names.count(name) > 1})
    run.check(
        "I4",
        "同じ文が二度表示されない",
        "nothing is shown twice",
        not twice and not broken and seqs == sorted(set(seqs)),
        "each line once",
        broken or twice or seqs,
    )


def _mode(run: BadRun, mode: Mode, seen: dict[str, Mode]) -> None:
    run.check(
        "I5",
        "通報の区分（試験など）が変わらない",
        "the mode of the call stays",
        all(each is mode for each in seen.values()),
        mode.value,
        {key: each.value for key, each in seen.items()},
    )
