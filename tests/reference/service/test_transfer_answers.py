"""What an owner elsewhere makes of the anchor's answers to its request for a transfer."""

from uuid import UUID, uuid4

import pytest
from net119_protocol.codes import ErrorCode, TransferFailure
from net119_protocol.interconnect import Body, MessageType, bodies
from net119_protocol.person import DepartmentRef
from net119_reference.calls.model import Unit
from net119_reference.ports import Channel

from tests.reference.service.link import forged, types
from tests.reference.service.trio import Trio, on_trio

F = TransferFailure


async def anchor_says(
    trio: Trio,
    body: Body,
    kind: MessageType,
    *,
    n: int = 0,
    epoch: int = 2,
    in_reply_to: UUID | None = None,
) -> None:
    """A message of aoba, the anchor, to midori."""
    like = next(each for _, each in trio.to_b.carried if each.type is MessageType.CALL_ASSIGN)
    payload = forged(like, body=body, type=kind, n=n, epoch=epoch, in_reply_to=in_reply_to)
    await trio.b.service.receive("aoba", payload, Channel.QUEUE)
    await trio.b.settle()


async def refuses(
    trio: Trio, code: ErrorCode, about: MessageType | None, in_reply_to: UUID | None = None
) -> None:
    kind = None if about is None else about.value
    report = bodies.ErrorReport(code=code, detail="not now", offending_type=kind)
    await anchor_says(trio, report, MessageType.ERROR, in_reply_to=in_reply_to)


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (ErrorCode.WRONG_STATE, F.WRONG_STATE),
        (ErrorCode.INVALID_BODY, F.WRONG_STATE),
        (ErrorCode.UNKNOWN_TYPE, F.UNSUPPORTED),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_request_that_the_anchor_refuses_has_failed(
    code: ErrorCode, failure: TransferFailure, named: bool
) -> None:
    """By the message that it answers or, where that could not be read, by its type."""

    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        asked = await trio.ask(trio.b, call_id, "aso")
        pending = trio.b.live(call_id).known().transfer
        assert pending is not None
        if named:
            await refuses(trio, code, None, pending.request_id)
        else:
            await refuses(trio, code, MessageType.TRANSFER_REQUEST)
        answer = await asked
        assert (answer.failure, answer.detail) == (failure, f"{code.value}: not now")
        assert trio.state(trio.b, call_id) == ("answered", 2, "chita-tokoname")

    on_trio(work)


def test_a_refusal_of_something_else_ends_no_transfer() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        asked = await trio.ask(trio.b, call_id, "aso")
        code = ErrorCode.WRONG_STATE
        await refuses(trio, code, MessageType.CHAT_MESSAGE)
        await refuses(trio, code, None)
        await refuses(trio, code, MessageType.TRANSFER_REQUEST, uuid4())
        assert trio.state(trio.b, call_id) == ("transferring", 2, "chita-tokoname")
        await trio.flow()
        assert (await asked).failure is None
        # Nothing is under way any more: an error that comes late ends nothing.
        before = trio.b.live(call_id).known()
        await refuses(trio, code, MessageType.TRANSFER_REQUEST)
        assert trio.b.live(call_id).known() == before

    on_trio(work)


def test_a_call_that_went_to_a_department_which_is_not_known_here_is_over_here() -> None:
    """The anchor may have a newer directory; what it says of the new owner is all there is."""

    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        asked = await trio.ask(trio.b, call_id, "aso")
        new = DepartmentRef(code="new-fd", name_ja="新消防本部", name_en="New", phone="")
        n = trio.b.live(call_id).n_in["aoba"] + 1
        body = bodies.TransferDone(department=new, epoch=3)
        await anchor_says(trio, body, MessageType.TRANSFER_DONE, n=n, epoch=3)
        assert (await asked).failure is None
        assert trio.state(trio.b, call_id) == ("closed", 3, "new-fd")
        owner = trio.b.live(call_id).known().owner
        assert owner == Unit(department=new, center="new-fd", provider="aoba")

    on_trio(work)


def test_what_is_plain_to_the_owner_already_is_not_asked() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        asked = await trio.ask(trio.b, call_id, "aso")
        busy = await (await trio.ask(trio.b, call_id, "chitose"))
        assert (busy.failure, busy.department.code) == (F.BUSY, "chitose")
        said = types(await trio.flow())
        assert said.count("midori: transfer.request") == 1
        assert (await asked).failure is None
        assert trio.owners(call_id) == ["akane"]

    on_trio(work)
