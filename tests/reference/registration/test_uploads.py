"""Identity images without end or size: the process that carries calls goes on."""

import asyncio
import threading

import pytest
from net119_reference.images.identity import CleanImage, ImageRefused
from net119_reference.service.registration import images
from net119_reference.service.registration.images import AT_ONCE, TRIES
from net119_simulators.mailbox import Draft

from tests.reference.registration.support import photo, run, town

OTHER = "somebody.else@phone.example"


def test_few_images_are_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, turn = threading.Lock(), threading.Barrier(AT_ONCE)
    now, most = 0, 0

    def clean(content: bytes) -> CleanImage:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        turn.wait(10)
        with lock:
            now -= 1
        return CleanImage(content, 1, 1)

    monkeypatch.setattr(images, "clean_image", clean)

    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            sent = [here.desk.attach_image(token, photo()) for _ in range(AT_ONCE * 4)]
            await asyncio.gather(*sent)
        assert most == AT_ONCE

    run(story)


def test_images_through_one_url_are_bounded() -> None:
    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            for _ in range(TRIES):
                with pytest.raises(ImageRefused) as wrong:
                    await here.desk.attach_image(token, b"no picture")
                assert wrong.value.code == "not-taken"
            with pytest.raises(ImageRefused) as refused:
                await here.desk.attach_image(token, photo())
            assert refused.value.code == "too-many-tries"
            to = here.desk.profile("tomakomai").mail.application
            await here.write(Draft(sender=OTHER, to=to))
            other = await here.token(await here.letter("登録のご案内", OTHER))
            await here.desk.attach_image(other, photo())
            here.clock.advance(3600)
            await here.desk.attach_image(token, photo())

    run(story)
