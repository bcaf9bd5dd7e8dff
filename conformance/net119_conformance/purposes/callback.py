"""Callback mail at the anchor: sent, opened while the call is open and after its close, refused."""

from uuid import UUID

from net119_protocol.api.console_acts import Callback
from net119_protocol.codes import CallbackFailure, CloseOutcome, Presence
from net119_protocol.person import Contact, OptionalData, RegistrantData
from net119_simulators.errors import CallRefused
from net119_simulators.mailbox import Letter, Outcome, Rule
from net119_simulators.registration.urls import callback_url, has_callback_url

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.actors import Console, Handset, HandsetCall
from net119_conformance.listed import rightly_listed
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import Registered, World

CONTACT_NAMES = ("一番　連絡先", "二番　連絡先", "三番　連絡先")


def with_contacts(w: World) -> RegistrantData:
    """A new person with a mail address of the purpose's own and three emergency contacts."""
    person = w.person()
    optional = (person.optional or OptionalData()).model_copy(
        update={
            "contacts": tuple(
                Contact(name=name, relation="親族", phone=f"0000-00-000{number}")
                for number, name in enumerate(CONTACT_NAMES, start=1)
            )
        }
    )
    mail = f"caller@{w.home.department}.phone.example"
    return person.model_copy(update={"mail": mail, "optional": optional})


def names_contacts_in_order(
    t: Trial, contacts: tuple[Contact, ...], what: str = "the failure", ja: str = "失敗"
) -> None:
    """Check that the emergency contacts come in the order in which they are to be tried."""
    t.check(
        f"{what} names the emergency contacts, in their order",
        tuple(each.name for each in contacts) == CONTACT_NAMES,
        expected=CONTACT_NAMES,
        seen=tuple(each.name for each in contacts),
        ja=f"{ja}に、緊急連絡先が順に示される",
    )


async def mailed_url(
    t: Trial, w: World, who: Registered, number: int, what: str, ja: str
) -> str | None:
    """Check that the ``number``-th callback mail is in the caller's mailbox, and get its URL."""
    found = [
        letter for letter in await w.letters(who.person.mail or "") if has_callback_url(letter.urls)
    ]
    t.check(
        f"{what}: the letter is with the caller once it is called sent",
        len(found) >= number,
        expected=f"{number} callback mails",
        seen=[letter.subject for letter in found],
        ja=f"{ja}: 送信済みとされたとき、メールは届いている",
    )
    if len(found) < number:
        return None
    letter: Letter = found[number - 1]
    t.check(
        f"{what}: it comes from the home department's domain",
        letter.sender.rpartition("@")[2].rstrip(">") == w.home.mail_domain,
        expected=w.home.mail_domain,
        seen=letter.sender,
        ja=f"{ja}: 登録した消防本部のドメインから届く",
    )
    return callback_url(letter.urls)


async def called_back(
    t: Trial, w: World, console: Console, call_id: UUID, what: str, ja: str
) -> Callback | None:
    """Have the console call back; check that the letter was sent."""
    answer = await t.observe(
        f"{what}: the dispatcher gets an answer",
        console.call_back(call_id),
        w.patience,
        expected="sent",
        ja=f"{ja}: 指令員に答えが返る",
    )
    t.check(
        f"{what}: the letter is sent",
        answer is not None and answer.state == "sent",
        expected="sent",
        seen=answer.state if answer is not None else "nothing",
        ja=f"{ja}: 送信済みとされる",
    )
    return answer


async def answered(t: Trial, w: World, who: Registered) -> tuple[Console, Handset, HandsetCall]:
    """A registrant's call from the home area, answered there, with a line of the caller."""
    console = await w.console()
    phone = await w.handset(who)
    call = await w.call_from(phone, w.home)
    with t.waiting("the call at the console"):
        await console.wait_for_call(call.id, w.patience, lambda seen: seen.mine)
    await console.answer(call.id)
    await call.say("階段の下にいます")
    return console, phone, call


@purpose(
    id="CALLBACK-REOPENS",
    requirements=("CNB-31",),
    derived=("CNB-31",),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(profile="tomakomai"),
    title_ja="呼び返しメールのURLで同じ通報に戻り、終了後は本人の操作でのみ、同じ指令台でまた鳴る",
    title_en="A callback mail's URL leads back to the same call; after the close it rings again",
    stimulus_ja="端末が途切れた通報で、指令員が呼び返す。通報者がURLを開く。終了後にもう一度呼び返し、"
    "URLを機械が見るだけの場合と、本人が開いた場合を見る。",
    stimulus_en="A dispatcher calls back a caller who dropped; the caller opens the URL. After the "
    "close the dispatcher calls back again; the URL is fetched by a machine, then opened.",
    expected_ja="送信済みとされたときメールは届いている。同じ通報に、同じ担当のまま戻る。終了後は、見る"
    "だけでは何も起きず、開くと同じ指令台で鳴り、人が応答するまで応答とされない。会話は続く。",
    expected_en="The letter is there once it is called sent. The caller is back in the same call, "
    "owner and epoch unchanged. After the close a fetch does nothing; opened, it rings at the same "
    "center until a human answers, and the chat goes on.",
    why_ja="途切れた通報を別の通報として受ければ、話は初めからになる。",
    why_en="Taken for another call, the caller would have to begin anew.",
    timeout_s=60.0,
)
async def reopens(t: Trial, w: World) -> None:
    who = await w.register(person=with_contacts(w))
    console, phone, call = await answered(t, w, who)
    before = await console.wait_for_call(call.id, w.patience)
    call.drop()
    with t.waiting("the console to see that the caller is gone"):
        await console.wait_for_call(call.id, w.patience, lambda seen: seen.presence.value == "gone")
    await called_back(t, w, console, call.id, "while open", "通報中")
    url = await mailed_url(t, w, who, 1, "while open", "通報中")
    if url is None:
        return
    since = looking(w)
    back = await t.observe(
        "the URL leads back to the call",
        phone.come_back(url),
        w.patience,
        expected=f"call {call.id}",
        refusals=(CallRefused,),
        ja="URLで通報に戻る",
    )
    if back is None:
        return
    shown = await t.observe(
        "the console sees that the caller is back",
        console.wait_for_call(
            call.id, w.patience, lambda seen: seen.presence is Presence.CONNECTED
        ),
        w.patience + 1,
        expected="connected",
        ja="戻ったことが指令台に示される",
    )
    if shown is not None:
        t.check(
            "it is the same call, with owner and epoch unchanged",
            (back.id, shown.epoch, shown.mine) == (call.id, before.epoch, True),
            expected=(call.id, before.epoch, True),
            seen=(back.id, shown.epoch, shown.mine),
            ja="同じ通報で、担当も epoch も変わらない",
        )
    await back.say("戻りました")
    left = since.left()
    await t.observe_nothing(
        "owner and epoch do not change later either",
        console.wait_for_call(
            call.id, left + 1.0, lambda seen: (seen.epoch, seen.mine) != (before.epoch, True)
        ),
        left,
        expected=f"owned, epoch {before.epoch}",
        ja="後になっても、担当も epoch も変わらない",
    )
    await console.close(call.id, CloseOutcome.PRACTICE_DONE)
    await called_back(t, w, console, call.id, "after the close", "終了後")
    newer = await mailed_url(t, w, who, 2, "after the close", "終了後")
    if newer is None:
        return
    with t.waiting("the console to see that the call is closed"):
        closed = await console.wait_for_call(
            call.id, w.patience, lambda seen: seen.state.value == "closed"
        )
    since = looking(w)
    await (await w.browser()).open(newer)
    await rightly_listed(
        t,
        w,
        console,
        call.id,
        "fetching the URL reopens nothing",
        lambda seen: seen.state == "closed",
        expected="closed",
        ja="URLを見るだけでは、通報は再開しない",
    )
    left = since.left()
    await t.observe_nothing(
        "fetching the URL reopens nothing later either",
        console.wait_for_call(call.id, left + 1.0, lambda seen: seen.state.value != "closed"),
        left,
        expected="closed",
        ja="URLを見るだけでは、後になっても通報は再開しない",
    )
    try:
        stale = f"call {(await phone.come_back(url)).id}"
    except CallRefused:
        stale = "refused"
    t.check(
        "the older URL opens nothing any more",
        stale == "refused",
        expected="refused",
        seen=stale,
        level=CheckLevel.DERIVED,
        ja="前のURLではもう開かない",
    )
    await _rings_again(t, w, console, phone, call, newer, closed.epoch)


async def _rings_again(
    t: Trial,
    w: World,
    console: Console,
    phone: Handset,
    call: HandsetCall,
    url: str,
    epoch: int,
) -> None:
    since = looking(w)
    again = await t.observe(
        "the caller's own act opens the call again",
        phone.come_back(url),
        w.patience,
        expected=f"call {call.id}",
        refusals=(CallRefused,),
        ja="本人の操作で通報が再開する",
    )
    shown = await t.observe(
        "it rings again at the same center",
        console.wait_for_call(
            call.id, w.patience, lambda seen: seen.mine and seen.state.value == "ringing"
        ),
        w.patience + 1,
        expected="ringing",
        ja="同じ指令台でまた鳴る",
    )
    if again is None or shown is None:
        return
    t.check(
        "it is the same call under a new epoch, and nobody has answered it yet",
        (again.id, shown.epoch, shown.answered_at) == (call.id, epoch + 1, None),
        expected=(call.id, epoch + 1, None),
        seen=(again.id, shown.epoch, shown.answered_at),
        ja="同じ通報で、epoch が増え、まだ誰も応答していない",
    )
    early = await again.say("まだ階段の下です")
    await t.observe(
        "what the caller writes while it rings is at the console",
        console.wait_for_line(call.id, lambda line: line.seq == early.seq, w.patience),
        w.patience + 1,
        expected=f"line {early.seq}",
        ja="鳴っている間に通報者が書いた文が、指令台に届く",
    )
    left = since.left()
    await t.observe_nothing(
        "it rings on until a human answers",
        console.wait_for_call(
            call.id,
            left + 1.0,
            lambda seen: seen.state.value != "ringing" or seen.answered_at is not None,
        ),
        left,
        expected="ringing, answered by nobody",
        ja="人が応答するまで、鳴り続け、応答とされない",
    )
    await console.answer(call.id)
    last = await again.say("もう一度お願いします")
    await t.observe(
        "the chat goes on where it was",
        console.wait_for_line(call.id, lambda line: line.seq == last.seq, w.patience),
        w.patience + 1,
        expected=f"line {last.seq}",
        ja="会話は続きから進む",
    )
    texts = [line.text for line in (await console.record(call.id)).lines]
    t.check(
        "the record has what was said before and after",
        [
            text
            for text in texts
            if text in ("階段の下にいます", "戻りました", "もう一度お願いします")
        ]
        == ["階段の下にいます", "戻りました", "もう一度お願いします"],
        expected=["階段の下にいます", "戻りました", "もう一度お願いします"],
        seen=texts,
        ja="記録に、前後の文がある",
    )


@purpose(
    id="CALLBACK-UNDELIVERABLE",
    requirements=("CNB-20", "CNB-31"),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(profile="tomakomai"),
    title_ja="届かない呼び返しメールは送信済みとされず、緊急連絡先が順に示される",
    title_en="A callback mail that does not arrive is never called sent; contacts are offered",
    stimulus_ja="通報者のメールサーバーが、まず後で来るように言い、次に受取を断る。指令員が呼び返す。",
    stimulus_en="The caller's mail server says to come later, then refuses; a dispatcher calls "
    "back each time.",
    expected_ja="後で来るように言われている間は送信済みとされない。断られると、直ちに理由と、登録された順の"
    "緊急連絡先が示される。",
    expected_en="While the server says to come later it is not called sent; refused, the "
    "dispatcher reads why at once, with the emergency contacts in their order.",
    why_ja="届いたと思えば待ってしまう。届かないと分かれば、家族に尋ねられる。",
    why_en="Who believes that it arrived waits; who knows that it did not can ask the family.",
    timeout_s=45.0,
)
async def undeliverable(t: Trial, w: World) -> None:
    who = await w.register(person=with_contacts(w))
    console, _phone, call = await answered(t, w, who)
    address = who.person.mail or ""
    call.drop()
    await w.filter_mail(address, Rule(outcome=Outcome.DEFER))
    since = looking(w)
    waiting = await t.observe(
        "deferred: the dispatcher gets an answer",
        console.call_back(call.id),
        w.patience,
        expected="not sent",
        ja="保留: 指令員に答えが返る",
    )
    t.check(
        "deferred: it is not called sent",
        waiting is not None and waiting.state == "queued",
        expected="queued",
        seen=waiting.state if waiting is not None else "nothing",
        ja="保留: 送信済みとされない",
    )
    number = 0 if waiting is None else waiting.number
    left = since.left()
    await t.observe_nothing(
        "deferred: it is not called sent later either while the server says so",
        console.wait_for_callback(
            call.id, lambda each: (each.number, each.state) == (number, "sent"), left + 1.0
        ),
        left,
        expected="not sent",
        ja="保留: 後で来るように言われている間は、後になっても送信済みとされない",
    )
    await w.filter_mail(address, Rule(outcome=Outcome.REJECT))
    failed = await t.observe(
        "refused: the dispatcher gets an answer",
        console.call_back(call.id),
        w.patience,
        expected="failed",
        ja="拒否: 指令員に答えが返る",
    )
    t.check(
        "refused: the dispatcher is told that it did not arrive",
        failed is not None
        and (failed.state, failed.failure) == ("failed", CallbackFailure.UNDELIVERABLE),
        expected="failed, undeliverable",
        seen=(failed.state, failed.failure) if failed is not None else "nothing",
        ja="拒否: 届かなかったことが知らされる",
    )
    t.check(
        "refused: it can be read in Japanese",
        failed is not None and any(ord(sign) > 0x3000 for sign in failed.text_ja),
        expected="a Japanese text",
        seen=failed.text_ja if failed is not None else "nothing",
        ja="拒否: 日本語で読める",
    )
    names_contacts_in_order(t, failed.contacts if failed is not None else ())
    await w.filter_mail(address, Rule())
