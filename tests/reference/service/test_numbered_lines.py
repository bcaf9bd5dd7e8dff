"""Lines of several providers' dispatchers in one call: each provider has them all, once."""

import asyncio
from uuid import UUID

import pytest
from net119_protocol.api.common import LineStored

from tests.reference.service import support
from tests.reference.service.support import Site
from tests.reference.service.trio import Trio, on_trio

GREETING = "119番です。火事ですか、救急ですか。"


async def says(trio: Trio, site: Site, call_id: UUID, text: str) -> LineStored:
    """A dispatcher's first line, under the name that every console of this make begins with."""
    line = support.new_line(text, "line-1")
    said = site.service.dispatcher_says(site.dispatcher, call_id, line)
    task = asyncio.create_task(said)
    while not task.done():
        await trio.flow()
        await asyncio.sleep(0)
    return await task


@pytest.mark.parametrize("texts", [("知多です", "阿蘇です", "千歳です"), (GREETING,) * 3])
def test_dispatchers_of_several_providers_may_use_the_same_client_id(
    texts: tuple[str, str, str],
) -> None:
    """I3: their names are their own, whatever they say; the number tells their lines apart."""

    async def work(trio: Trio) -> None:
        a, b, c = trio.sites
        call_id = await trio.call(away=True)
        await says(trio, b, call_id, texts[0])
        for source, department, target, text in (
            (b, "aso", c, texts[1]),
            (c, "chitose", a, texts[2]),
            (a, "chita-handa", b, None),
        ):
            assert (await trio.transfer(source, call_id, department)).failure is None
            await target.service.answer(target.dispatcher, call_id)
            await trio.flow()
            if text is not None:
                await says(trio, target, call_id, text)
        lines = await a.lines(call_id)
        assert tuple(line.text for line in lines if line.client_id == "line-1") == texts
        assert await b.lines(call_id) == lines
        assert trio.tapes["midori"].lines(call_id) == lines
        await b.restart()
        assert b.live(call_id).last_seq == len(lines)

    on_trio(work)
