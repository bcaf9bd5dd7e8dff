"""The console's page in a real browser: callback, contacts, transfer, the end, and a refusal."""

from net119_protocol.codes import CallState, CloseOutcome, Kind, PlaceChoice, Refusal
from net119_simulators.errors import CallRefused
from net119_simulators.mailbox import Outcome, Rule

from net119_conformance.at_desk import Desk
from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.purposes.callback import CONTACT_NAMES, mailed_url, with_contacts
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

SENT, NOT_ARRIVED = "送信済み", "届きません"
NOT_TRANSFERRED, TRANSFERRED = "転送できません", "転送しました"
PRANK, PRANK_SAID = "明らかないたずらの通報", "いたずら"


def _in_order(text: str, names: tuple[str, ...]) -> bool:
    places = [text.find(name) for name in names]
    return -1 not in places and places == sorted(places)


async def _writes(t: Trial, desk: Desk, wanted: bool, who: str, ja: str) -> None:
    can = await desk.may_write(wanted=wanted)
    t.check(
        f"{who} {'can' if wanted else 'cannot'} write to the caller",
        can is wanted,
        expected="a field" if wanted else "no field and no ready text",
        seen="can write" if can else "cannot",
        ja=f"{ja}は、通報者に{'書ける' if wanted else '書けない'}",
    )


@purpose(
    id="CONSOLE-CALLBACK",
    requirements=("CNB-31", "CNB-20"),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(browser=True, once=True),
    timeout_s=90.0,
    title_ja="指令台の画面で、呼び返しメールが送れたか、届かなかったかがすぐに示され、緊急連絡先が順に出る",
    title_en="The console's page says at once whether a callback mail went out or not, and names "
    "the contacts in order",
    stimulus_ja="応答した指令員が、画面で呼び返す。もう一度呼び返すときは、通報者のメールサーバーが受け取りを断る。"
    "そのあと、緊急連絡先を開く。",
    stimulus_en="The dispatcher who answered calls back at the page. For a second callback the "
    "caller's mail server refuses the letter. Then the dispatcher opens the contacts.",
    expected_ja="送れたときは、メールが届いていて、送信済みと示される。断られたときは、届かなかったと示され、"
    "送信済みとはされず、緊急連絡先が登録の順に出る。",
    expected_en="A letter that is called sent is in the mailbox. One that was refused is called "
    "not delivered and never sent, and the contacts stand in the order of the registration.",
    why_ja="送れたと思って待つあいだ、通報者は助けを待っている。",
    why_en="While a dispatcher waits for the answer to a letter that never went out, the caller "
    "waits for help.",
)
async def callback(t: Trial, w: World) -> None:
    desk = await w.desk()
    who = await w.register(person=with_contacts(w))
    call = await w.call_from(await w.handset(who), w.home)
    await desk.choose(call.id)
    await desk.answer(call.id)
    await desk.act("call-back")
    await t.observe(
        "the page says that the callback mail was sent",
        desk.shows(lambda seen: SENT in seen, "#latest"),
        w.patience + 1,
        expected=SENT,
        ja="呼び返しメールが送信済みと示される",
    )
    await mailed_url(t, w, who, 1, "the page's callback", "画面からの呼び返し")
    await w.filter_mail(who.person.mail or "", Rule(outcome=Outcome.REJECT))
    await desk.act("call-back")
    await t.observe(
        "the page says that the refused mail did not arrive",
        desk.shows(lambda seen: NOT_ARRIVED in seen, "#form"),
        w.patience + 1,
        expected=NOT_ARRIVED,
        ja="断られたメールは、届かなかったと示される",
    )
    await desk.leave()
    latest = await t.observe(
        "what was done last is that it did not arrive",
        desk.shows(lambda seen: NOT_ARRIVED in seen, "#latest"),
        w.patience + 1,
        expected=NOT_ARRIVED,
        ja="最後にしたこととして、届かなかったと示される",
    )
    t.check(
        "it is not called sent afterwards either",
        SENT not in (latest or await desk.text("#latest")),
        expected=f"no {SENT}",
        seen=latest or await desk.text("#latest"),
        ja="そのあとも、送信済みとはされない",
    )
    await _names_contacts(t, w, desk, "the failure", "#events", "届かなかったとき")
    await desk.open_form("contacts")
    await _names_contacts(t, w, desk, "the list of contacts", "#form", "緊急連絡先の一覧")


async def _names_contacts(t: Trial, w: World, desk: Desk, what: str, where: str, ja: str) -> None:
    await t.observe(
        f"{what} names the emergency contacts, in their order",
        desk.shows(lambda seen: _in_order(seen, CONTACT_NAMES), where),
        w.patience + 1,
        expected=CONTACT_NAMES,
        ja=f"{ja}に、緊急連絡先が順に示される",
    )


@purpose(
    id="CONSOLE-TRANSFER",
    requirements=("ASO-19", "CNB-39"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(sibling=True, unadopted=True, browser=True, once=True),
    timeout_s=90.0,
    title_ja="指令台の画面で、転送できたか、できなかったかが示され、書けるのはいつも一方だけである",
    title_en="On the console's page a transfer is told as done or as failed, and one side alone "
    "writes at any time",
    stimulus_ja="応答した指令員が、画面で、NET119のない本部へ、次に別の指令センターの本部へ転送を求める。"
    "そちらの指令員が応答して書く。",
    stimulus_en="The dispatcher who answered asks at the page for a transfer to a department "
    "without NET119, then to one of another center, whose dispatcher answers and writes.",
    expected_ja="できなかったときは、どの本部にできなかったかと電話番号が示され、書き続けられる。できたときはそう示され、"
    "元の人は書けなくなり、先方はそれまでの文を読んで書ける。",
    expected_en="A failure names the department and its telephone, and the dispatcher writes on. "
    "A transfer that is done is told; the former desk cannot write any more, the next one reads "
    "what was said and writes.",
    why_ja="転送できたと思った側も、まだ来ていないと思う側も読まない通報は、だれにも読まれない。",
    why_en="A call that one side believes given away, and the other not yet taken, is read by "
    "nobody.",
)
async def transfer(t: Trial, w: World) -> None:
    there, nowhere = w.ground("sibling"), w.ground("unadopted")
    mine, other = await w.desk(), await w.desk(there.center)
    call = await w.call_from(await w.handset(), w.home)
    await mine.choose(call.id)
    await mine.answer(call.id)
    before = "転送の前に書いた文です"
    await call.say(before)
    await mine.act("transfer", department=nowhere.department)
    await t.observe(
        "a transfer that fails is told, with the department and its telephone",
        mine.shows(
            lambda seen: all(
                each in seen for each in (NOT_TRANSFERRED, nowhere.name_ja, nowhere.phone)
            ),
            "#form",
        ),
        w.patience + 1,
        expected=(NOT_TRANSFERRED, nowhere.name_ja, nowhere.phone),
        ja="できなかった転送は、本部と電話番号とともに示される",
    )
    await mine.leave()
    await _writes(t, mine, True, "who could not transfer", "転送できなかった人")
    await mine.act("transfer", department=there.department)
    await t.observe(
        "a transfer that is done is told",
        mine.shows(lambda seen: TRANSFERRED in seen and there.name_ja in seen, "#latest"),
        w.patience + 1,
        expected=(TRANSFERRED, there.name_ja),
        ja="できた転送は、そう示される",
    )
    await _writes(t, mine, False, "the former desk", "元の指令員")
    await other.choose(call.id)
    await other.answer(call.id)
    await t.observe(
        "the next desk reads what was said before",
        other.shows(lambda seen: before in seen, "#log"),
        w.patience + 1,
        expected=before,
        ja="先方は、それまでの文を読める",
    )
    reply = "引き継ぎました。続けてください"
    await other.write(reply)
    await t.observe(
        "the line of the next desk reaches the caller",
        call.wait_for_line(lambda line: line.text == reply, w.patience),
        w.patience + 1,
        expected=reply,
        ja="先方の文が通報者に届く",
    )


@purpose(
    id="CONSOLE-CLOSE",
    requirements=("CNB-34", "ASO-20"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(browser=True, once=True),
    timeout_s=90.0,
    title_ja="指令台の画面で、選んだ結果で通報が終わり、いたずらの登録者の次の通報は断られる",
    title_en="At the console's page a call ends with the outcome chosen, and a prankster's next "
    "call is refused",
    stimulus_ja="指令員がF10で試験の通報を終えようとしてやめ、もう一度「いたずら」として終え、今後の通報を断る。"
    "その人と別の登録者が通報する。",
    stimulus_en="The dispatcher begins to close a test call by F10 and cancels, then closes it as "
    "a prank and refuses further calls of that registrant, who calls again, as does another.",
    expected_ja="試験の通報に出動の結果はない。やめれば通報は続く。終えれば、選んだ結果が画面と通報者に示され、"
    "もう書けない。断られた人の次の通報は理由とともに断られ、もう一人の通報は届く。",
    expected_en="A test call offers no dispatch as its outcome. Cancelled, the call goes on. "
    "Closed, page and caller are told the outcome chosen, and nobody writes any more. The next "
    "call of the one refused is refused with the reason; the other one's rings.",
    why_ja="取りちがえた結果は記録に残り、断ったつもりのいたずらは、本物の通報の場所をふさぐ。",
    why_en="A wrong outcome stays in the record, and a prankster who was not stopped takes the "
    "place of a real caller.",
)
async def closed(t: Trial, w: World) -> None:
    desk = await w.desk()
    bad, good = await w.handset(), await w.handset()
    call = await w.call_from(bad, w.home)
    await desk.choose(call.id)
    await desk.answer(call.id)
    await desk.page.keyboard.press("F10")
    offered = await desk.choices("outcome")
    dispatched = CloseOutcome.DISPATCHED.value
    t.check(
        "a test call offers its outcomes, a dispatch not among them",
        CloseOutcome.PRANK.value in offered and dispatched not in offered,
        expected=f"{CloseOutcome.PRANK.value}, no {dispatched}",
        seen=offered,
        ja="試験の通報の結果に、出動はない",
    )
    await desk.leave()
    await _writes(t, desk, True, "who cancelled the end", "終えるのをやめた人")
    await desk.page.keyboard.press("F10")
    await desk.fill_form(outcome=CloseOutcome.PRANK.value)
    await t.observe(
        "the page says how the call ended",
        desk.shows(lambda seen: PRANK_SAID in seen, "#call-state"),
        w.patience + 1,
        expected=PRANK_SAID,
        ja="通報がどう終わったかが示される",
    )
    ended = await t.observe(
        "the caller is told that the call is closed",
        call.wait_for_view(lambda view: view.state is CallState.CLOSED, w.patience),
        w.patience + 1,
        expected=CallState.CLOSED.value,
        ja="通報者に、終わったと示される",
    )
    t.check(
        "the outcome is the one chosen",
        ended is not None and ended.outcome is CloseOutcome.PRANK,
        expected=CloseOutcome.PRANK.value,
        seen=ended and ended.outcome,
        ja="結果は、選んだものである",
    )
    await _writes(t, desk, False, "who closed the call", "終えた人")
    await _refused_from_now_on(t, w, desk)
    try:
        again = await bad.call(Kind.OTHER, PlaceChoice.CURRENT, fix=w.fix_at(w.home))
        seen, told = f"call {again.id} was taken", ""
    except CallRefused as refusal:
        seen = refusal.code.value
        told = f"{refusal.problem.message_ja} {refusal}"
    t.check(
        "the next call of the one refused is refused, with the reason",
        seen == Refusal.REGISTRANT_SUSPENDED.value and PRANK in told,
        expected=f"{Refusal.REGISTRANT_SUSPENDED.value}: {PRANK}",
        seen=f"{seen}: {told}",
        ja="断られた人の次の通報は、理由とともに断られる",
    )
    honest = await w.call_from(good, w.home)
    await t.observe(
        "another registrant's call rings",
        desk.rings(honest.id),
        w.patience + 1,
        expected=f"call {honest.id}",
        ja="別の登録者の通報は鳴る",
    )


async def _refused_from_now_on(t: Trial, w: World, desk: Desk) -> None:
    await desk.act("block", reason=PRANK)
    await t.observe(
        "the page says that further calls are refused",
        desk.shows(lambda seen: "断る" in seen, "#latest"),
        w.patience + 1,
        expected="今後の通報を断る",
        ja="今後の通報を断ると示される",
    )
