"""A newer URL was mailed while the form was being filled in."""

import pytest
from net119_protocol.profile.form import to_fields
from net119_reference.registration.ports import LinkProblem, LinkRefused

from tests.reference.registration.support import ME, application, photo, run, town


def test_what_is_sent_with_a_replaced_url_is_kept_at_the_newer_one() -> None:
    async def story() -> None:
        async with town() as here:
            first = await here.start_application()
            before = len(here.boxes.letters(ME))
            await here.write()
            second = await here.token(await here.letter("登録のご案内", after=before))
            with pytest.raises(LinkRefused) as refused:
                await here.desk.keep_entries(first, to_fields(application("tomakomai")))
            assert refused.value.code is LinkProblem.REVOKED
            assert (await here.desk.open_link(second)).application == application("tomakomai")
            with pytest.raises(LinkRefused):
                await here.desk.submit(first)
            await here.desk.attach_image(second, photo())
            await here.desk.submit(second)
            assert [row.name for row in await here.rows()] == ["髙橋　𠮷子①"]
            with pytest.raises(LinkRefused):
                await here.desk.keep_entries(first, {"data.name": "だれか"})

    run(story)
