"""The rows of the device table for smartphones and tablets, each at the pages for them."""

from dataclasses import replace
from datetime import UTC, datetime

from net119_protocol.codes import Kind, SenderRole
from net119_simulators.handsets import find_handset
from net119_simulators.handsets.steps import Reason
from net119_simulators.handsets.walk_smart import SmartWalk
from net119_simulators.handsets.walking import Placed, shows
from net119_simulators.registration import MailedKeys

from net119_conformance.at_phones import NEAR_M, NO_WAY_ON, STEP_S, chat_with, metres_off
from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console
from net119_conformance.new_calls import NewCalls
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_ROWS = (
    ("ios-9-safari", "iOS 9のiPhone"),
    ("android-tablet-chrome", "Androidのタブレット"),
    ("android-5-chrome", "Android 5のスマートフォン"),
    ("ipados-current-safari", "いまのiPad"),
)
"""The oldest phone that the table has of each system, and a tablet of each."""
_ASKED = "救急車は向かっています。意識はありますか。髙橋①"
_SAID = "意識はあります。𠮷田マンション2階です"


@purpose(
    id="DEVICE-TABLE",
    requirements=("TOM-05", "CTS-13"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(phones=True, profile="tomakomai", once=True),
    timeout_s=240.0,
    title_ja="対応表のスマートフォンとタブレットのどれでも、通報がつながり、位置が届く",
    title_en="Each smartphone and tablet of the device table gets a connected call",
    stimulus_ja="Android 5とiOS 9のスマートフォン、それぞれのタブレットが、その端末のTLSと"
    "ブラウザーでログインし、通報ページを作り、現在地から通報する。指令員が応答し、双方が一行ずつ書く。",
    stimulus_en="With the TLS and the browser of a phone with Android 5, one with iOS 9 and a "
    "tablet of each, a registrant logs in, makes the call page and calls from where they are. A "
    "dispatcher answers, and both write a line.",
    expected_ja="どの端末でも通報が指令台に届き、位置は端末のいる場所から15m以内である。双方の行が一字も変わらずに"
    "届く。",
    expected_en="Each call reaches the console with a position within 15 m of the device, and both "
    "lines arrive letter by letter.",
    why_ja="対応表にある端末を持つ人は、その端末で助けを呼べると思っている。",
    why_en="Whoever has a device of the table counts on it to call for help.",
)
async def device_table(t: Trial, w: World) -> None:
    console = await w.console()
    for name, ja in _ROWS:
        await _called(t, w, console, name, ja)


async def _called(t: Trial, w: World, console: Console, name: str, ja: str) -> None:
    new = await NewCalls.since_now(w, console)
    who, side = await w.register(), w.handset_side()
    facts = find_handset(name)
    phone = await w.phone(facts, w.home)
    accuracy = facts.position.accuracy_m
    phone.here = replace(phone.here, accuracy_m=accuracy, at=datetime.now(UTC))
    w.trial.evidence.redact.hide(who.credentials.password)
    phone.browser.keep_secret(who.credentials.password)
    walk = SmartWalk(phone, side.encrypted_url)
    own = who.credentials
    keys = MailedKeys(f"{side.encrypted_url}/my", own.login_id, own.password)

    async def call() -> Placed:
        await walk.log_in(keys, "")
        return await walk.call(Kind.AMBULANCE)

    placed = await t.observe(
        f"{name} can log in and call",
        call(),
        STEP_S,
        expected="the page of the chat",
        refusals=NO_WAY_ON,
        ja=f"{ja}でログインし通報できる",
    )
    if placed is None:
        return
    mail = who.person.mail
    calls = await new.once_rung(lambda each: each.registrant.mail == mail)
    rung = [each for each in calls if each.registrant.mail == mail]
    fix = rung[0].place.fix if len(rung) == 1 else None
    off = metres_off(fix, w.home) if fix is not None else None
    t.check(
        f"the call of {name} rings once, with the right position",
        off is not None and off <= NEAR_M and Reason.NO_SCRIPT not in placed.limits,
        expected=f"one call, within {NEAR_M:g} m, measured by the page",
        seen=f"{len(rung)} calls, {off} m off, limits: {[each.value for each in placed.limits]}",
        ja=f"{ja}の通報が、正しい位置とともに指令台に届く",
    )
    if len(rung) != 1:
        return
    number = rung[0].call_id
    await console.answer(number, within=w.patience)
    await console.say(number, _ASKED, within=w.patience)

    async def chat() -> str:
        page = await chat_with(w, walk, lambda page: shows(page, _ASKED))
        shown = "".join(page.text.split())
        await walk.say(_SAID)
        return shown

    shown = await t.observe(
        f"{name} can go on in the chat",
        chat(),
        STEP_S,
        expected="the chat, and that a line was sent",
        refusals=NO_WAY_ON,
        ja=f"{ja}でチャットを続けられる",
    )
    record = await console.record(number)
    said = [each.text for each in record.lines if each.sender is SenderRole.CALLER]
    t.check(
        f"both lines arrive letter by letter with {name}",
        shown is not None and "".join(_ASKED.split()) in shown and said == [_SAID],
        expected=f"{_ASKED} at the phone, {_SAID} at the console",
        seen=f"{(shown or '')[-120:]}; {said}",
        ja=f"{ja}で、双方の行が一字も変わらずに届く",
    )
