"""The chat of a call at its page, without scripts: how it is reached, choices, card and end."""

from net119_protocol.chat import Option
from net119_protocol.codes import CloseOutcome
from net119_simulators.pages import NotOnPage

from net119_conformance.at_calls import (
    AMBULANCE,
    CARD,
    CURRENT,
    FIRE,
    HOME,
    WRITE,
    Calling,
    caller,
    one_of,
    rings,
    with_call_page,
)
from net119_conformance.at_pages import lacking, offers
from net119_conformance.catalogue import Role
from net119_conformance.new_calls import NewCalls
from net119_conformance.newcomer import Newcomer
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

INSTALLING = ("play.google.com", "apps.apple.com", "itunes.apple.com", ".apk", ".mobileconfig")
"""What links to something to be installed hold."""
KEEP_ON = ("電源を切らない", "電源は切らない", "電源を入れたまま", "電源を落とさない")
FIRE_WORDS = ("火事", "火災")


@purpose(
    id="PAGE-CALL-FROM-MAIL",
    requirements=("CTS-03", "CTS-09", "CNB-09"),
    derived=("CTS-03",),
    interfaces="ACM",
    role=Role.HOME,
    needs=Needs(profile="chitose"),
    timeout_s=60.0,
    title_ja="登録完了メールのURLから、何も入れずに、ブラウザーだけで日本語のチャットができる",
    title_en="From the mailed URL to a chat in Japanese in the browser, with nothing installed",
    stimulus_ja="登録された人が、メールのURLを開き、ログインして通報ページを作り、通報して、指令員とチャットをする。",
    stimulus_en="A registrant opens the mailed URL, logs in, makes the call page, calls, and chats "
    "with the dispatcher.",
    expected_ja="アプリなどを入れる必要はなく、書いた文は指令台に、指令員の文は画面に、一字も変わらずに届く。",
    expected_en="Nothing has to be installed; what is written reaches the console, and the "
    "dispatcher's words the page, to the letter.",
    why_ja="アプリを入れられない端末や、入れる前の人も、すぐに通報できなければならない。",
    why_en="Whoever cannot install anything, or has not yet, has to be able to call at once.",
)
async def from_mail(t: Trial, w: World) -> None:
    keys = await Newcomer(w).registered(await w.staff())
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    phone = await with_call_page(w, keys.url, keys.login_id, keys.password)
    offered = _installing(phone)
    await phone.open()
    offered += _installing(phone)
    page = await phone.call(FIRE, CURRENT)
    offered += _installing(phone)
    t.check(
        "the browser alone leads from the mail to the chat",
        offers(page, WRITE) and not offered,
        expected="the chat, and nothing to be installed",
        seen=f"{page.described()}; to install: {offered}",
        ja="ブラウザーだけで、メールからチャットまで進める",
    )
    if not offers(page, WRITE):
        return
    call = await rings(w, new)
    await console.answer(call.call_id)
    mine, theirs = "髙橋です。𠮷野家の裏、①の棟が燃えています", "何階ですか。煙は見えますか"
    await phone.say(mine)
    await t.observe(
        "what is written at the page reaches the console",
        console.wait_for_line(call.call_id, lambda line: line.text == mine, w.patience),
        w.patience + 1,
        expected=mine,
        ja="画面で書いた文が指令台に届く",
    )
    await console.say(call.call_id, theirs)
    await t.observe(
        "what the dispatcher writes is seen on the page",
        phone.sees(theirs),
        w.patience + 1,
        expected=theirs,
        ja="指令員の文が画面に表示される",
    )


def _installing(phone: Calling) -> list[str]:
    links = [each.url for each in phone.page.links]
    return [url for url in links if any(sign in url for sign in INSTALLING)]


@purpose(
    id="PAGE-CALL-CHOICES",
    requirements=("CTS-10",),
    interfaces="AC",
    role=Role.BOTH,
    needs=Needs(profile="chitose"),
    timeout_s=60.0,
    title_ja="選択肢を押すだけで、文字を打たずに質問に答えられる",
    title_en="A caller answers by tapping choices at the page, and never types",
    stimulus_ja="指令員が選択肢つきの質問を二つ続けて送り、通報者は画面の選択肢を押すだけで答える。",
    stimulus_en="The dispatcher asks two questions with choices; the caller only taps answers at "
    "the page.",
    expected_ja="質問と選択肢が画面に表示され、押した選択肢が、その質問への答えとして指令台に届く。",
    expected_en="The page shows question and choices, and the one that was tapped reaches the "
    "console as the answer to that question.",
    why_ja="文章を書くのが難しい人や、手がふさがっている人も、答えられなければならない。",
    why_en="Who cannot write well, or has no hand free, has to be able to answer as well.",
)
async def choices(t: Trial, w: World) -> None:
    phone = await caller(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    await phone.call(AMBULANCE, CURRENT)
    call = await rings(w, new)
    await console.answer(call.call_id)
    for text, labels, answer in (
        ("息をしていますか", ("はい", "いいえ", "わからない"), 1),
        ("だれが倒れていますか", ("わたし", "家族", "ほかの人"), 2),
    ):
        options = [Option(id=f"o{n}", label=each) for n, each in enumerate(labels)]
        asked = await console.say(call.call_id, text, options)
        await t.observe(
            f"the page shows 「{text}」",
            phone.sees(text),
            w.patience + 1,
            expected=text,
            ja=f"「{text}」が画面に表示される",
        )
        missing = [each for each in labels if phone.answers(each) is None]
        t.check(
            f"all answers to 「{text}」 can be tapped",
            not missing,
            expected=labels,
            seen=f"missing: {missing}",
            ja=f"「{text}」の選択肢がすべて押せる",
        )
        if missing:
            return
        await phone.choose(labels[answer])
        await t.observe(
            f"the answer to 「{text}」 reaches the console",
            console.wait_for_line(
                call.call_id,
                lambda line, seq=asked.seq, wanted=f"o{answer}": (  # type: ignore[misc]  # bound by defaults
                    line.choice is not None
                    and (line.choice.seq, line.choice.option_id) == (seq, wanted)
                ),
                w.patience,
            ),
            w.patience + 1,
            expected=labels[answer],
            ja=f"「{text}」への答えが指令台に届く",
        )


@purpose(
    id="PAGE-CALL-CARD",
    requirements=("CTS-08", "ASO-29", "CTS-11"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="chitose"),
    timeout_s=60.0,
    title_ja="読み上げ画面は、種別と場所を示して近くの人に119番を頼み、練習では頼まない",
    title_en="The read-aloud card asks people nearby to phone 119, with kind and place; never in "
    "practice",
    stimulus_ja="登録者が自宅から火事を通報し、チャットから読み上げ画面を開く。次に、同じことを練習でする。",
    stimulus_en="A registrant calls “fire” from home and opens the card from the chat; then does "
    "the same in practice.",
    expected_ja="画面に、119番に電話してほしいこと、火事であること、登録した住所がある。練習では、練習と示され、"
    "電話をしないよう書かれている。",
    expected_en="The card asks to phone 119, says “fire” and the registered address. In practice "
    "it says so, and not to phone.",
    why_ja="事情を知らない人は、何をどこへ伝えるか読めなければ電話できない。練習で電話されれば隊が出動する。",
    why_en="A stranger can phone only with what and where before the eyes; one who phones "
    "because of a practice call sends a crew out.",
)
async def card(t: Trial, w: World) -> None:
    person = Newcomer(w)
    phone = await caller(w, person)
    address = person.application.data.address
    await phone.call(FIRE, HOME)
    page = await _card(t, phone)
    if page is None:
        return
    t.check(
        "the card asks to phone 119",
        "119番" in page and any(each in page for each in ("電話してください", "通報してください")),
        expected="119番に電話してください",
        seen=page,
        ja="119番に電話してほしいことが書かれている",
    )
    t.check(
        "the card says that it is a fire",
        any(each in page for each in FIRE_WORDS),
        expected=FIRE_WORDS,
        seen=page,
        ja="火事であることが書かれている",
    )
    t.check(
        "the card says the registered address",
        # The page's text is read without spaces: a building's name stands after one.
        all("".join(each.split()) in page for each in (address.municipality, address.street)),
        expected=f"{address.municipality}{address.street}",
        seen=page,
        ja="登録した住所が書かれている",
    )
    await phone.call(FIRE, HOME, practice=True)
    page = await _card(t, phone, "in practice ")
    t.check(
        "the card of a practice call says so, and not to phone",
        page is not None
        and "練習" in page
        and any(each in page for each in ("電話しないで", "電話はしないで", "電話をしないで"))
        and address.street not in page,
        expected="練習, 電話しないでください, no address",
        seen=page,
        ja="練習では、練習と示され、電話をしないよう書かれている",
    )


async def _card(t: Trial, phone: Calling, when: str = "") -> str | None:
    """What the card says, the page around it left out where the card is marked; None without."""
    try:
        page = await phone.follow(CARD)
    except NotOnPage as missing:
        seen, found = str(missing), None
    else:
        seen = page.described()
        found = page.element("plea") if page.has("plea") else page.text
    t.check(
        f"{when}the chat leads to the read-aloud card",
        found is not None,
        expected="a link to the card",
        seen=seen,
        ja="チャットから読み上げ画面が開く",
    )
    return None if found is None else "".join(found.split())


@purpose(
    id="PAGE-CALL-AFTER-REPORT",
    requirements=("ASO-15", "ASO-29"),
    interfaces="AC",
    role=Role.BOTH,
    needs=Needs(profile="aso"),
    timeout_s=60.0,
    title_ja="通報を伝えた後も問い合わせに答えられ、到着まで電源を切らないよう示される",
    title_en="After the report the center can still ask, and the page says to leave the phone on",
    stimulus_ja="通報者が用件を伝えた後、指令員が出動を知らせてもう一度尋ね、通報者が答える。指令員が、電話で引き継いだものとして終える。",
    stimulus_en="After the report the dispatcher says that help is coming and asks again, the "
    "caller answers, and the call is closed as passed on by phone.",
    expected_ja="問い合わせが画面に届き、答えが指令台に届く。終えた後の画面に、電源を切らないよう書かれている。",
    expected_en="The question reaches the page and the answer the console. After the end the page "
    "says not to switch the phone off.",
    why_ja="隊が場所を見つけられないとき、切られた端末には聞き直せない。",
    why_en="A phone that is off cannot be asked when the crew does not find the place.",
)
async def after_report(t: Trial, w: World) -> None:
    phone = await caller(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    await phone.call(AMBULANCE, CURRENT)
    call = await rings(w, new)
    await console.answer(call.call_id)
    await phone.say("母が倒れました。意識はあります")
    question, answer = "救急車が向かっています。建物の入口はどちらですか", "北側です。緑の屋根です"
    await console.say(call.call_id, question)
    await t.observe(
        "the question after the report is seen on the page",
        phone.sees(question),
        w.patience + 1,
        expected=question,
        ja="用件の後の問い合わせが画面に届く",
    )
    await phone.say(answer)
    await t.observe(
        "the answer reaches the console",
        console.wait_for_line(call.call_id, lambda line: line.text == answer, w.patience),
        w.patience + 1,
        expected=answer,
        ja="答えが指令台に届く",
    )
    await console.close(call.call_id, CloseOutcome.RELAYED_BY_PHONE)
    page = await phone.reload()
    t.check(
        "the page says to leave the phone on until the crew is there",
        bool(one_of(page, KEEP_ON)),
        expected=f"one of {', '.join(KEEP_ON)}",
        seen=page.text,
        ja="到着まで電源を切らないことが書かれている",
    )
    gone = lacking(page, (question, answer))
    t.check(
        "what was asked and answered can still be read",
        not gone,
        expected="both lines",
        seen=f"not shown: {gone}",
        ja="問い合わせと答えを、後でも読める",
    )
