"""A call over a bad radio against the reference: through a tunnel and hand-overs, nothing lost."""

import asyncio
from pathlib import Path

from net119_protocol.codes import CloseOutcome, Kind, PlaceChoice, Presence
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.person import make_person
from net119_simulators.radio import RadioProxy, load_radios

TOMAKOMAI = fixed(42.6341, 141.6055)
WITHIN_S = 60.0
SAID = ("一、救急です", "二、トンネルの中", "四、聞こえますか", "五、髙橋です", "六、①階です")
ASKED = "三、場所はどこですか"


async def call_through_tunnel_and_hand_over(network: LocalNetwork, radio: RadioProxy) -> None:
    credentials = await network.register("aoba", "tomakomai", make_person(1, "01213"))
    token = await network.dispatcher_token("aoba", "tomakomai")
    dispatcher = network.dispatcher("aoba", token)
    one, two, four, five, six = SAID
    async with dispatcher, network.phone("aoba", credentials, radio=radio) as phone:
        call = await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=TOMAKOMAI)
        await dispatcher.wait_for_call(call.id, WITHIN_S)
        await dispatcher.answer(call.id, within=WITHIN_S)
        await call.say(one, within=WITHIN_S)

        radio.tunnel(20.0)
        out = radio.now + 20.0
        asking = asyncio.create_task(dispatcher.say(call.id, ASKED, within=WITHIN_S))
        await call.say(two, within=WITHIN_S)
        assert radio.now >= out, "acknowledged in the tunnel"
        await asking
        await call.wait_for_line(lambda line: line.text == ASKED, within=WITHIN_S)

        radio.hand_over()
        await call.wait_for_drop(within=WITHIN_S)
        await dispatcher.wait_for_presence(call.id, Presence.GONE, within=WITHIN_S)
        await dispatcher.say(call.id, four, within=WITHIN_S)
        await call.resume(within=WITHIN_S)
        await call.wait_for_line(lambda line: line.text == four, within=WITHIN_S)

        # Out of area: nothing can be reached, and the phone tries until it is back.
        radio.out_of_area(30.0)
        back = radio.now + 30.0
        saying = asyncio.create_task(call.say(five, within=WITHIN_S))
        await call.wait_for_drop(within=WITHIN_S)
        await call.resume(within=WITHIN_S)
        await saying
        assert radio.now >= back

        # Said, and cut off at once: whether the provider has it, the phone does not know.
        saying = asyncio.create_task(call.say(six, within=WITHIN_S))
        await asyncio.sleep(0)
        radio.hand_over()
        await call.wait_for_drop(within=WITHIN_S)
        await call.resume(within=WITHIN_S)
        await saying

        await dispatcher.close(call.id, CloseOutcome.PRACTICE_DONE, within=WITHIN_S)
        record = await dispatcher.record(call.id)
        texts = [line.text for line in record.lines]
        assert [text for text in texts if text in SAID] == list(SAID)
        assert texts.count(ASKED) == 1
        assert [line.text for line in call.lines] == texts
        assert [line.text for line in dispatcher.lines(call.id)] == texts
        assert call.violations == dispatcher.violations == []
        assert call.unseen() == ()
        assert radio.counts["reset"] >= 3


def test_a_call_survives_a_tunnel_hand_overs_and_no_network(tmp_path: Path) -> None:
    async def scene() -> None:
        async with LocalNetwork([ProviderSpec("aoba", "127.0.0.2")], tmp_path) as network:
            radio = network.radio("aoba", load_radios()["weak-3g"], seed=7, scale=0.05)
            async with radio:
                await call_through_tunnel_and_hand_over(network, radio)

    asyncio.run(scene())
