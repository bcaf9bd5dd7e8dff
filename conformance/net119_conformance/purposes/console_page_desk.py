"""The console's page in a real browser: ready texts, optional data, and who has a call."""

import asyncio

from net119_protocol.codes import Kind
from net119_protocol.person import Contact, Medical, OptionalData

from net119_conformance.at_desk import Desk
from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.actors import HandsetCall
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

TOPICS = {
    Kind.AMBULANCE: ("急病", "けが", "反応", "息", "痛", "血", "場所"),
    Kind.FIRE: ("燃え", "逃げ", "逃げ遅れ", "煙", "場所"),
    Kind.OTHER: ("何があり", "けが", "場所"),
}
"""What a dispatcher has to be able to ask at a tap, by a word of it (A61)."""
BY_KEY = 9
CONTACT, ILLNESS = "秘田　伝一", "心筋梗塞（2019年）"
OPTIONAL = OptionalData(
    contacts=(Contact(name=CONTACT, relation="兄", phone="0000-55-0001"),),
    medical=Medical(history=ILLNESS),
)
STORED = "送信済み"


async def _offered(desk: Desk) -> list[tuple[str, tuple[str, ...]]]:
    """The ready texts that can be seen, with the answers that go along, in their order."""
    found = []
    for button in await desk.page.locator("#ready [data-ready]").all():
        await button.scroll_into_view_if_needed()
        lines = [each for each in (await button.inner_text()).splitlines() if each.strip()]
        words = [each for each in lines if not each.strip().isdigit()]
        answers = tuple(words[1].split(" / ")) if len(words) > 1 else ()
        found.append((words[0], answers))
    return found


@purpose(
    id="CONSOLE-READY-TEXTS",
    requirements=("CTS-10",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(browser=True, once=True),
    timeout_s=120.0,
    title_ja="指令台の画面の定型文は種別ごとにそろい、押せば、見えているとおりに選択肢とともに送られる",
    title_en="The console's ready texts are complete by kind, and each is sent as it reads, with "
    "its answers",
    stimulus_ja="救急、火事、その他の通報に応答する。救急では、"
    "はじめの九つを Alt と数字で、残りを押して、すべての定型文を送る。",
    stimulus_en="Calls of each kind are answered. For the ambulance all texts are sent: the first "
    "nine by Alt and their digit, the others by a click.",
    expected_ja="種別ごとに、聞くべきことの定型文がある。送ったものは、見えているとおりの文と選択肢で、順番どおりに通報者に届く。",
    expected_en="For each kind there is a text for everything that has to be asked. Each arrives "
    "as it reads, with its answers, in order.",
    why_ja="急ぐときに頼るのは定型文である。欠けていたり違う文が送られたりしても、指令員は気付けない。",
    why_en="In a hurry a dispatcher relies on them, and does not notice that one is missing or "
    "that another one was sent.",
)
async def ready_texts(t: Trial, w: World) -> None:
    desk = await w.desk()
    calls: dict[Kind, HandsetCall] = {}
    texts: dict[Kind, list[tuple[str, tuple[str, ...]]]] = {}
    for kind in (Kind.FIRE, Kind.OTHER, Kind.AMBULANCE):
        call = calls[kind] = await w.call_from(await w.handset(), w.home, kind=kind)
        await desk.choose(call.id)
        await desk.answer(call.id)
        async with desk.doing("the ready texts"):
            await desk.page.locator("#ready [data-ready]").first.wait_for()
        texts[kind] = await _offered(desk)
    lacking = {
        kind.value: [word for word in words if not any(word in text for text, _ in texts[kind])]
        for kind, words in TOPICS.items()
    }
    t.check(
        "for each kind there is a ready text for everything that has to be asked",
        not any(lacking.values()),
        expected={kind.value: words for kind, words in TOPICS.items()},
        seen={"lacking": lacking},
        level=CheckLevel.DERIVED,
        ja="種別ごとに、聞くべきことの定型文がある",
    )
    wanted = texts[Kind.AMBULANCE]
    call = calls[Kind.AMBULANCE]
    for at, (text, _) in enumerate(wanted):
        async with desk.doing(f"the line of the ready text {text!r}"):
            if at < BY_KEY:
                await desk.page.keyboard.press(f"Alt+{at + 1}")
            else:
                await desk.page.locator("#ready [data-ready]").nth(at).click()
            # The one before has to be stored, for a call's lines are bounded in a second.
            await desk.page.locator("#log .line.dispatcher").nth(at).wait_for()
            await desk.page.locator("#log .line.pending").first.wait_for(state="detached")
    with t.waiting("the ready texts at the handset"):
        await call.wait_for_line(lambda line: line.text == wanted[-1][0], w.patience)
    came = [
        (line.text, tuple(option.label for option in line.options))
        for line in call.lines
        if line.sender.value == "dispatcher"
    ]
    t.check(
        "each ready text arrives as it reads, with its answers, in order",
        came == wanted and len(came) > BY_KEY,
        expected=wanted,
        seen=came,
        ja="定型文が、見えているとおりの文と選択肢で、順番どおりに届く",
    )


@purpose(
    id="CONSOLE-OWNER",
    requirements=("CTS-09",),
    derived=("ASO-04",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(browser=True, once=True),
    timeout_s=120.0,
    title_ja="指令台の画面で、任意情報は応答の後にだけ出て、受け持つ人だけが書け、送れたかどうかが正しく示される",
    title_en="On the console's page optional data follow the answer, who has the call alone "
    "writes, and what was sent is told truly",
    stimulus_ja="二人の指令員が、鳴っている通報を見る。一人が応答し、書く。その人の接続が切れ、もう一文書き、つながる。"
    "もう一人が引き継ぐ。",
    stimulus_en="Two dispatchers look at a ringing call. One answers and writes; that connection "
    "is cut, another line is written, and it comes back. Then the other takes the call over.",
    expected_ja="応答の前は、画面にも、画面に届いたデータにも任意情報がない。応答した人には見える。もう一人には、だれが"
    "受け持つかが見え、書けない。切れている間の文は送信済みとされず、つながれば一度だけ届く。引継ぎのあとは逆になる。",
    expected_en="Before the answer neither the page nor what it was sent has optional data; who "
    "answers sees them. The other one sees who has the call and cannot write. A line written "
    "without connection is not called sent, and arrives once when it is back. After the hand-over "
    "it is the other way round.",
    why_ja="送れていない文を送れたと思い、二人とも相手が受け持つと思うと、通報者は一人で待つ。",
    why_en="A caller waits alone if a line only seems sent, or if each of two dispatchers believes "
    "the other to have the call.",
)
async def owner(t: Trial, w: World) -> None:
    mine, other = await w.desk(), await w.desk()
    person = w.person().model_copy(update={"optional": OPTIONAL})
    call = await w.call_from(await w.handset(await w.register(person=person)), w.home)
    await mine.choose(call.id)
    await other.choose(call.id)
    had = []
    for desk in (mine, other):
        await desk.shows(lambda seen: person.name in seen, "#person")
        sent = await desk.all_read()
        # A name can also be read where the number of the call is sent in another form.
        t.require(
            "what the page was sent can be read: it has the call",
            str(call.id) in sent or person.name in sent,
            ja="画面に届いたデータを読むことができ、通報がある",
        )
        had += [sent, await desk.page.content()]
    found = [word for word in (CONTACT, ILLNESS) if any(word in each for each in had)]
    t.check(
        "before the answer the page has no optional data, shown or not",
        not found,
        expected="the call, and none of them",
        seen=found,
        level=CheckLevel.DERIVED,
        ja="応答の前は、画面に任意情報がない",
    )
    await mine.answer(call.id)
    await t.observe(
        "who answered sees the optional data",
        mine.shows(lambda seen: CONTACT in seen and ILLNESS in seen, "#person"),
        w.patience + 1,
        expected=(CONTACT, ILLNESS),
        ja="応答した人に、任意情報が見える",
    )
    # Else they came in a way that is not read here, and could have come so before the answer.
    t.require(
        "what the page was sent can be read: with the answer it has the optional data",
        await mine.was_sent(CONTACT, ILLNESS),
        ja="画面に届いたデータを読むことができ、応答とともに任意情報がある",
    )
    await _sees_who(t, w, other, mine.name, "the colleague", "同僚")
    await _is_told_truly(t, w, mine, call)
    async with other.doing("the field for writing, once the call is taken over"):
        await other.page.locator("#take-over").click()
        await other.page.locator("#form button.main").click()
        await other.page.locator("#text").wait_for()
    await _sees_who(t, w, mine, other.name, "the former owner", "前の担当者")


async def _sees_who(t: Trial, w: World, desk: Desk, name: str, who: str, ja: str) -> None:
    await t.observe(
        f"{who} sees who has the call",
        desk.shows(lambda seen: name in seen),
        w.patience + 1,
        expected=name,
        ja=f"{ja}に、だれが受け持つかが見える",
    )
    writes = await desk.may_write(wanted=False)
    t.check(
        f"{who} cannot write to the caller",
        not writes,
        expected="no field and no ready text",
        seen="can write" if writes else "cannot",
        ja=f"{ja}は、通報者に書けない",
    )


async def _is_told_truly(t: Trial, w: World, desk: Desk, call: HandsetCall) -> None:
    await desk.page.context.set_offline(True)
    async with desk.doing("that the connection is lost"):
        await desk.page.locator("#connection[data-state=lost]").wait_for()
    text = "切れている間に書いた文"
    since = looking(w)
    await desk.write(text)
    fate = await desk.fate_of(text)
    t.check(
        "a line that is not sent is not called sent",
        STORED not in fate and bool(fate.strip()),
        expected="that it waits",
        seen=fate,
        ja="送れていない文は、送信済みとされない",
    )
    await t.observe_nothing(
        "it is not called sent later either while there is no connection",
        desk.tells_of(text, STORED),
        since.left(),
        expected="that it waits",
        ja="切れている間は、後になっても送信済みとされない",
    )
    await desk.page.context.set_offline(False)
    await t.observe(
        "it reaches the caller once the connection is back",
        call.wait_for_line(lambda line: line.text == text, w.patience),
        w.patience + 1,
        expected=text,
        ja="つながると、通報者に届く",
    )
    # From here on, since the connection may have come back late.
    again = looking(w)
    line = desk.page.locator("#log .line", has_text=text)
    await t.observe(
        "then it is called sent",
        desk.tells_of(text, STORED),
        w.patience + 1,
        expected=STORED,
        ja="届いた文は、送信済みとされる",
    )
    # What waited may go out once more, later than the first time.
    await asyncio.sleep(again.left())
    count = (await line.count(), sum(each.text == text for each in call.lines))
    t.check(
        "it stands there once, and came once",
        count == (1, 1),
        expected="once",
        seen=count,
        ja="一度だけ示され、一度だけ届く",
    )
