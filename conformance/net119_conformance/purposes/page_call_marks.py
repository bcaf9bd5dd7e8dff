"""What holds on every page of a call: it is in Japanese, and practice cannot be taken for real."""

from collections.abc import Iterator

from net119_protocol.codes import Mode, Positioning
from net119_simulators.gps import Position
from net119_simulators.pages import Page

from net119_conformance.at_calls import (
    AMBULANCE,
    CARD,
    CURRENT,
    FIRE,
    MARK,
    PRACTICE,
    WRITE,
    at,
    caller,
    rings,
)
from net119_conformance.at_pages import offers
from net119_conformance.catalogue import Role
from net119_conformance.in_japanese import in_japanese
from net119_conformance.new_calls import NewCalls
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


@purpose(
    id="PAGE-CALL-JAPANESE",
    requirements=("CNB-09", "ASO-21"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="aso"),
    timeout_s=60.0,
    title_ja="通報の画面は、通報ページから読み上げ画面まで、断られたときも、日本語である",
    title_en="Every page of a call is in Japanese, its refusals and the card too",
    stimulus_ja="登録者が、通報ページ、場所、地図、断り、チャット、読み上げの画面を順に開く。",
    stimulus_en="A registrant goes over the call page, place, map, a refusal, the chat and its "
    "card.",
    expected_ja="どの画面も日本語の文書とされ、題名も日本語で、別の言語と記されていない文に外国語の文がない。",
    expected_en="Each says that it is Japanese, has a Japanese title, and holds no sentence of "
    "another language that is not marked as such.",
    why_ja="利用者は日本語でやりとりする人であり、読めない文の前で手が止まる。",
    why_en="Users are people who chat in Japanese; before a text they cannot read they stop.",
)
async def japanese(t: Trial, w: World) -> None:
    phone = await caller(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    in_japanese(t, await phone.open(), "call page", "通報ページ")
    in_japanese(t, await phone.tap(FIRE), "page of the place", "場所の画面")
    in_japanese(t, await phone.tap(CURRENT), "map page", "地図の画面")
    page = await phone.send(Position(Positioning.OFF))
    in_japanese(t, page, "page of a refusal", "断りの画面")
    page = await phone.call(FIRE, CURRENT, Position(Positioning.ON))
    t.require("the chat is shown", offers(page, WRITE))
    await rings(w, new)
    in_japanese(t, await phone.reload(), "chat page", "チャットの画面")
    in_japanese(t, await phone.follow(CARD), "card", "読み上げの画面")


@purpose(
    id="PAGE-CALL-PRACTICE",
    requirements=("CTS-11", "ASO-11"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="aso"),
    timeout_s=60.0,
    title_ja="練習通報は、どの画面でも題名と見出しで練習とわかり、本当の通報の画面に練習の印はない",
    title_en="Practice shows in title and heading of every page, and on no page of a real call",
    stimulus_ja="登録者が、画面で練習を始めて通報し、読み上げ画面まで開く。次に、練習でない通報を同じように進める。",
    stimulus_en="At the pages a registrant starts to practise, calls and opens the card; then goes "
    "the same way for a call that is no practice.",
    expected_ja="練習では、どの画面の題名と見出しにも練習とあり、誰も来ないことが書かれ、指令台でも練習である。"
    "練習でない通報では、種別を選んだ後のどの画面にも練習の印がなく、指令台でも練習ではない。",
    expected_en="In practice title and heading of each page say so, as does the text that nobody "
    "comes, and the console. Otherwise no page after the kind does, nor the console.",
    why_ja="練習と思って本当の通報をする人、本当と思って練習をする人、どちらにも助けは正しく届かない。",
    why_en="Neither who takes a real call for practice nor who takes practice for real is helped.",
)
async def practice(t: Trial, w: World) -> None:
    phone = await caller(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    await phone.open()
    pages = [("call page", await phone.tap(PRACTICE))]
    pages += [("page of the place", await phone.tap(AMBULANCE))]
    pages += [("map page", await phone.tap(CURRENT))]
    pages += [("chat page", await phone.send(at(w.fix_at(w.home))))]
    pages += [("card", await phone.follow(CARD))]
    for name, page in pages:
        said = list(_marks(page))
        t.check(
            f"in practice the {name} says so in title and heading",
            len(said) == len(_PLACES) and _nobody_comes(page),
            expected=f"{MARK} in {', '.join(_PLACES)}, and that nobody comes",
            seen=f"{said}; {page.described()}",
            ja=f"練習では、{name}の題名と見出しに練習とある",
        )
    call = await rings(w, new)
    t.check(
        "the console shows a practice call",
        call.mode is Mode.PRACTICE,
        expected=Mode.PRACTICE.value,
        seen=call.mode.value,
        ja="指令台に練習通報と表示される",
    )
    await phone.open()
    real = [("page of the place", await phone.tap(AMBULANCE))]
    real += [("map page", await phone.tap(CURRENT))]
    real += [("chat page", await phone.send(at(w.fix_at(w.home))))]
    for name, page in real:
        said = list(_marks(page))
        t.check(
            f"of a call that is no practice the {name} does not say practice",
            not said and not _nobody_comes(page),
            expected=f"no {MARK}",
            seen=f"{said}; {page.described()}",
            ja=f"練習でない通報では、{name}に練習の印がない",
        )
    call = await rings(w, new, before=1)
    t.check(
        "the console shows the other call as no practice",
        call.mode is not Mode.PRACTICE,
        expected=f"not {Mode.PRACTICE.value}",
        seen=call.mode.value,
        ja="練習でない通報は、指令台でも練習ではない",
    )


_PLACES = ("title", "first heading")


def _marks(page: Page) -> Iterator[str]:
    """Where a page says that it is practice."""
    for place, text in zip(_PLACES, (page.title, " ".join(page.headings[:1])), strict=True):
        if MARK in text:
            yield place


def _nobody_comes(page: Page) -> bool:
    text = "".join(page.text.split())
    return any(each in text for each in ("救急車も来ません", "出動しません", "誰も来ません"))
