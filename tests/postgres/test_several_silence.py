"""Several processes of one provider: a silent caller, whose dispatcher writes at a relay."""

import asyncio
import dataclasses

from net119_protocol.api.common import NoticeCode
from net119_reference.config import Config
from net119_reference.config.model import Home

from tests.postgres.in_place import providers_on
from tests.postgres.server import PostgresServer
from tests.postgres.several import House, Watching, house, say
from tests.postgres.test_several import chat


def test_the_office_hears_what_a_relays_dispatcher_asked_a_silent_caller(
    server: PostgresServer, migrated: str
) -> None:
    """By the department's rule the caller then counts as a disaster."""

    def shown(tape: Watching) -> bool:
        told = [each.code for call in tape.calls()[-1:] for each in call.notices]
        return NoticeCode.SILENT_DISASTER in told

    async def main() -> None:
        async with house() as made, asyncio.timeout(60):
            await work(made)

    async def work(made: House) -> None:
        core = made.site.service.core
        core.timing = dataclasses.replace(core.timing, silent_s=0.2)
        scene = await chat(made)
        await say(scene.caller, scene.call_id, "胸が苦しい")
        # Not before: on a slow machine the caller would count as one who never wrote.
        homes = {"chitose": Home(silent_is_disaster=True)}
        core.config = Config.model_validate({**core.config.model_dump(), "homes": homes})
        assert not shown(scene.console)
        await say(scene.dispatcher, scene.call_id, "返事ができますか")
        await scene.console.until(shown)
        await say(scene.caller, scene.call_id, "はい")
        await scene.console.until(lambda tape: not shown(tape))
        await scene.end()

    with providers_on(server, migrated):
        asyncio.run(main())
