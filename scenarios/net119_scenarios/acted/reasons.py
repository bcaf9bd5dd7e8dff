"""What there was instead of what must hold, in Japanese and English.  Pure."""

from collections.abc import Iterable, Mapping, Sequence

from net119_protocol.api.console_acts import Callback, Transfer
from net119_protocol.codes import CallState, CloseOutcome
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_protocol.labels import label_of
from net119_simulators.errors import CallRefused, NotConnected, SimulatorError, Unreachable, Waited

from net119_scenarios.acted.names import Names
from net119_scenarios.acted.phrases import CALLBACKS, CAUSES
from net119_scenarios.words import Words

NOTHING = Words("", "")
_LINES_SHOWN = 5
_OUT_OF_ORDER = Words("画面に届いた発言の番号が正しくない", "lines came in a wrong way")


class Unseen(LookupError):
    """Nobody saw what is to be looked at; ``words`` say why."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(ja, en)


def of_error(wrong: Exception, lead: str = "確かめられなかった: ") -> Words:
    """Why something could not be looked at, or with no ``lead`` why it could not be done."""
    if isinstance(wrong, Unseen):
        return wrong.words
    if isinstance(wrong, CallRefused):
        other = wrong.problem.detail or wrong.problem.title
        return Words(
            f"断られた: {wrong.problem.message_ja or other}",
            f"refused: {wrong.problem.message_en or other}",
        )
    if isinstance(wrong, KeyError):
        name = str(wrong.args[0]) if wrong.args else "?"
        return Words(f"「{name}」は現れなかった", f"there was no {name!r}")
    what = wrong.what if isinstance(wrong, SimulatorError) else str(wrong)
    if isinstance(wrong, NotConnected):
        what = f"画面がつながっていない（{what}）"
    elif isinstance(wrong, Unreachable):
        what = f"システムにつながらない（{what}）"
    elif isinstance(wrong, Waited):
        what = f"{wrong.within:g}秒待っても起こらなかった（{what}）"
    return Words(f"{lead}{what}", str(wrong))


def joined(parts: Iterable[Words]) -> Words:
    """Several, one after the other; nothing for none."""
    found = list(parts)
    return Words("、".join(e.ja for e in found), ", ".join(e.en for e in found))


def at(who: Words, what: Words) -> Words:
    """What was at somebody's screen or record."""
    return Words(f"{who.ja}: {what.ja}", f"{who.en}: {what.en}")


def each_at(names: Names, found: Mapping[str, Words]) -> Words:
    """What was at each of several actors'."""
    return joined(at(names.actor(actor), what) for actor, what in found.items())


def of_state(state: CallState, outcome: CloseOutcome | None) -> Words:
    """What a screen showed."""
    shown, how = label_of(state), label_of(outcome) if outcome is not None else None
    return Words(
        f"{shown.ja}（{how.ja}）" if how else shown.ja,
        f"{shown.en} ({how.en})" if how else shown.en,
    )


def of_lines(texts: Sequence[str]) -> Words:
    """The last lines of a chat."""
    if not texts:
        return Words("発言はない", "no line")
    said = "".join(f"「{each}」" for each in texts[-_LINES_SHOWN:])
    if len(texts) > _LINES_SHOWN:
        return Words(f"全{len(texts)}件の最後: {said}", f"the last of {len(texts)} lines: {said}")
    return Words(said, said)


def of_notices(codes: Iterable[str], names: Names) -> Words:
    """Which notices there were."""
    found = joined(names.notice(each) for each in sorted(set(codes)))
    if not found.en:
        return Words("お知らせは何も出ていない", "no notice was shown")
    return Words(f"出ていたのは: {found.ja}", f"shown instead: {found.en}")


def of_transfers(asked: Sequence[Transfer], names: Names) -> Words:
    """The transfers that a record tells of."""
    if not asked:
        return Words("転送は求められていない", "no transfer was asked for")
    return joined(map(lambda one: _of_transfer(one, names), asked))


def _of_transfer(one: Transfer, names: Names) -> Words:
    to_ja, to_en = one.department.name_ja, one.department.name_en
    if one.ended_at is None:
        return Words(f"{to_ja}への転送は終わっていない", f"to {to_en}, still under way")
    if one.failure is None:
        return Words(f"{to_ja}に転送された", f"transferred to {to_en}")
    why = names.failure(one.failure.value)
    return Words(f"{to_ja}に転送できなかった（{why.ja}）", f"not transferred to {to_en} ({why.en})")


def of_callback(back: Callback | None, names: Names) -> Words:
    """What became of a callback."""
    if back is None:
        return Words("呼び返していない", "nobody called back")
    state = CALLBACKS[back.state]
    ja, en = f"呼び返しメール: {state.ja}", f"callback mail: {state.en}"
    if back.failure is not None:
        why = names.failure(back.failure.value)
        ja, en = f"{ja}（{why.ja}）", f"{en} ({why.en})"
    if back.contacts:
        persons = "、".join(each.name for each in back.contacts)
        ja, en = f"{ja}、連絡先の順: {persons}", f"{en}, contacts in order: {persons}"
    return Words(ja, en)


def of_place(point: TrailPoint | None) -> Words:
    """The last place of a trail."""
    if point is None:
        return Words("位置の記録がない", "no place is recorded")
    cause, where = CAUSES[point.cause], point.place.point
    shown = f" {where.lat:.4f}, {where.lon:.4f}" if where is not None else ""
    return Words(f"最後の位置は「{cause.ja}」{shown}", f"the last place: {cause.en}{shown}")


def of_broken(whats: Mapping[str, Sequence[str]], names: Names) -> Words:
    """Rules of the chat that were broken at screens; the details are technical, in English."""
    parts = []
    for actor, found in whats.items():
        who, details = names.actor(actor), "; ".join(found)
        parts.append(
            Words(
                f"{who.ja}: {_OUT_OF_ORDER.ja}（{details}）",
                f"{who.en}: {_OUT_OF_ORDER.en} ({details})",
            )
        )
    return joined(parts)


__all__ = [
    "NOTHING",
    "Unseen",
    "at",
    "each_at",
    "joined",
    "of_broken",
    "of_callback",
    "of_error",
    "of_lines",
    "of_notices",
    "of_place",
    "of_state",
    "of_transfers",
]
