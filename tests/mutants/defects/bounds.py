"""A caller who calls again and again."""

from collections import Counter
from typing import Any
from uuid import UUID

from net119_protocol import texts
from net119_protocol.codes import Refusal
from net119_protocol.refusal_texts import REFUSALS
from net119_reference.ports import Refused
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.registrant_bounds import RegistrantBounds

from tests.mutants.registry import Patch, mutant

MEANS = "the refused caller reads which other means there are, without a voice too"


@mutant("repeats-counted", kills={"BOUND-PLAIN": "a repeat of the first press is the first call"})
def repeats_counted(patch: Patch) -> None:
    """Who has reached the bound is refused before it is seen that the press is a repeat."""

    def place(original: Any, desk: Any, who: Any, body: Any, link: Any, tx: Any) -> Any:
        core = desk._core
        known = desk._placed.of(who.registrant_id, body.client_call_id)
        if known is not None:
            core.bounds.place(tx, who.registrant_id, body.mode)
        return original(desk, who, body, link, tx)

    patch.around(HandsetDesk, "_place", place)


@mutant(
    "bound-called-a-prank", kills={"BOUND-PLAIN": "a refusal says that it is one call too many"}
)
def bound_called_a_prank(patch: Patch) -> None:
    """Who calls too often reads that his registration is suspended."""

    def place(original: Any, *arguments: Any) -> None:
        try:
            original(*arguments)
        except Refused as refused:
            raise Refused(Refusal.REGISTRANT_SUSPENDED, refused.detail) from None

    patch.around(RegistrantBounds, "place", place)


def _rewrite(patch: Patch, **words: str) -> None:
    worse = REFUSALS[Refusal.TOO_MANY]._replace(**words)
    patch(texts, "REFUSALS", {**REFUSALS, Refusal.TOO_MANY: worse})


@mutant("bound-without-other-means", kills={"BOUND-PLAIN": MEANS})
def bound_without_other_means(patch: Patch) -> None:
    """Who calls too often is asked to telephone."""
    _rewrite(patch, other_means_ja="119番に電話してください。")


@mutant(
    "bound-without-the-reason",
    kills={"BOUND-PLAIN": "the refused caller reads why"},
)
def bound_without_the_reason(patch: Patch) -> None:
    """Who calls too often is not told why no call has arrived."""
    _rewrite(patch, ja="通報は消防に届いていません。")


@mutant(
    "bound-in-vague-words",
    kills={"BOUND-PLAIN": "the refused caller reads in Japanese that no call has arrived"},
)
def bound_in_vague_words(patch: Patch) -> None:
    """Who calls too often may believe that the last of the calls has arrived as well."""
    _rewrite(patch, ja="短い間に何度も通報しています。つながっている通報で続けてください。")


@mutant("bound-for-everybody", kills={"BOUND-PLAIN": "another registrant's call is taken"})
def bound_for_everybody(patch: Patch) -> None:
    """All registrants share the bound of one."""

    def place(original: Any, bounds: Any, tx: Any, _registrant: Any, mode: Any) -> None:
        original(bounds, tx, UUID(int=0), mode)

    patch.around(RegistrantBounds, "place", place)


@mutant("refused-and-rings", kills={"BOUND-PLAIN": "no refused press is at the center"})
def refused_and_rings(patch: Patch) -> None:
    """The call is made, and its caller refused afterwards."""
    made: Counter[UUID] = Counter()

    async def place_call(original: Any, desk: Any, who: Any, *rest: Any) -> Any:
        address = await original(desk, who, *rest)
        made[who.registrant_id] += 1
        if made[who.registrant_id] == 4:  # any press but the first
            raise Refused(Refusal.TOO_MANY, "too many calls of yours")
        return address

    patch.around(HandsetDesk, "place_call", place_call)
