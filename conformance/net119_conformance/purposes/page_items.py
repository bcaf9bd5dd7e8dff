"""Items at the pages of an application: blocks that come and go, hostile texts, the image."""

from net119_simulators.pages.controls import ChoiceControl, Control, TextControl

from net119_conformance.at_pages import (
    ADD_CONTACT,
    BACK,
    BASIS,
    BIRTH_DATE,
    IDENTITY_IMAGE,
    NAME,
    NEXT,
    SEX,
    SUBMIT,
    Applying,
    Sign,
    applying,
    control_of,
    form_with,
    lacking,
    offers,
    told_beside,
)
from net119_conformance.catalogue import Role
from net119_conformance.newcomer import Newcomer, changed
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

CONTACTS = "data.optional.contacts"
CARDS = ("運転免許証", "社員証", "学生証", "障害者手帳")
SCRIPT = "花子<script>alert(119)</script>"
PICTURE = '"><img src="hostile" onerror="alert(119)">'
ENDING = "</textarea><b id=hostile>119</b>&amp;"


@purpose(
    id="PAGE-BLOCKS",
    requirements=("TOM-11", "TOM-15"),
    interfaces="AM",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    timeout_s=60.0,
    title_ja="緊急連絡先の欄は足し引きでき、ほかの欄の中身はそのままである",
    title_en="Contacts can be added and removed, and the others keep what was typed",
    stimulus_ja="連絡先の欄を三つまで増やして書き、二つ目を消し、先へ進む。",
    stimulus_en="Three contacts are added and filled in, the second is removed, then “next”.",
    expected_ja="消した人だけがなくなり、残りは書いた順に確認画面に示される。",
    expected_en="Only the removed one is gone; the others are on the confirmation, in order.",
    why_ja="一人を消したつもりで別の人が消えると、必要なときに家族へ連絡できない。",
    why_en="If another one vanishes than was meant, nobody reaches the family when it matters.",
)
async def blocks(t: Trial, w: World) -> None:
    person = await applying(Newcomer(w))
    await person.begin()
    await person.agree()
    await person.enter(changed(person.person.application, optional=None))
    names = ("一人目　春子", "二人目　夏子", "三人目　秋子")
    for number, name in enumerate(names):
        await _block(person, number)
        form = person.form
        form.fill(f"{CONTACTS}.{number}.name", name)
        form.fill(f"{CONTACTS}.{number}.phone", f"0000-11-000{number}")
    street = person.person.application.data.address.street
    await person.press(Sign("remove-contact.1", "連絡先 2 を消す"))
    left = [
        person.form.value(each)
        for each in (f"{CONTACTS}.{number}.name" for number in range(len(names)))
        if person.form.has(each)
    ]
    t.check(
        "only the removed contact is gone",
        [each for each in left if each] == [names[0], names[2]],
        expected=[names[0], names[2]],
        seen=left,
        level="derived",
        ja="消した連絡先だけがなくなる",
    )
    kept = person.form.value("data.address.street")
    t.check(
        "the rest of the form is as it was typed",
        kept == street,
        expected=street,
        seen=kept,
        level="derived",
        ja="ほかの入力は残っている",
    )
    page = await person.press(NEXT)
    missing, gone = lacking(page, (names[0], names[2])), lacking(page, (names[1],))
    t.check(
        "the confirmation shows those that are left",
        offers(page, SUBMIT) and not missing and bool(gone),
        expected=f"{names[0]} and {names[2]}",
        seen=f"not shown: {missing + gone}; {page.described()}",
        ja="確認画面に、残した連絡先が示される",
    )


async def _block(person: Applying, number: int) -> None:
    """The block of this number is there."""
    if not person.form.has(f"{CONTACTS}.{number}.name"):
        await person.press(ADD_CONTACT)


@purpose(
    id="PAGE-REQUIRED-ITEMS",
    requirements=("TOM-02", "TOM-10"),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    timeout_s=60.0,
    title_ja="氏名、性別、生年月日、地域との関わりを空けたままでは先へ進めず、その欄が示される",
    title_en="Name, sex, date of birth and tie to the area cannot be left out; the field is named",
    stimulus_ja="ほかの項目をすべて入れ、氏名、性別、生年月日、地域との関わり（住んでいる、など）を一つずつ空けて"
    "「次へ」を押し、最後にすべて入れて送る。",
    stimulus_en="“Next” with everything filled in but the name, the sex, the date of birth and "
    "what ties the person to the area in turn; at last everything is filled in and submitted.",
    expected_ja="空けた欄の問題として示され、確認画面に進まない。すべて入れると受け付けられ、書いたとおりに"
    "記録に残る。",
    expected_en="The form comes back with a problem at the field that was left empty. The complete "
    "one is taken, and on record as it was given.",
    why_ja="性別や年齢がわからないと、救急隊は人を探し出せず、病院に正しく伝えられない。",
    why_en="Without sex and age a crew does not know whom to look for, nor a hospital whom to "
    "expect.",
)
async def required(t: Trial, w: World) -> None:
    person = await applying(Newcomer(w))
    await person.begin()
    await person.agree()
    for what, ja, sign in (
        ("the name", "氏名", NAME),
        ("the sex", "性別", SEX),
        ("the date of birth", "生年月日", BIRTH_DATE),
        ("the tie to the area", "地域との関わり", BASIS),
    ):
        form = await person.enter()
        _leave_empty(control_of(form, sign))
        page = await person.press(NEXT)
        back = offers(page, BIRTH_DATE)
        said = told_beside(page, control_of(form_with(page, BIRTH_DATE), sign)) if back else ""
        t.check(
            f"without {what} the form comes back, and names it",
            back and bool(said),
            expected=f"the form with a problem at {what}",
            seen=said or page.described(),
            ja=f"{ja}を空けると、その欄の問題として示される",
        )
        if not back:
            await person.press(BACK)
    told = person.person.application.data
    await person.enter()
    page = await person.press(NEXT)
    t.check(
        "with all of them the form leads to a confirmation",
        offers(page, SUBMIT),
        expected="the confirmation",
        seen=page.described(),
        ja="すべて入れると確認画面に進む",
    )
    if not offers(page, SUBMIT):
        return
    await person.press(SUBMIT)
    kept = (await person.person.record(await w.staff())).application.data
    t.check(
        "the record holds what was given",
        (kept.name, kept.sex, kept.birth_date) == (told.name, told.sex, told.birth_date),
        expected=(told.name, told.sex.value, told.birth_date),
        seen=(kept.name, kept.sex.value, kept.birth_date),
        ja="書いたとおりに記録に残る",
    )


def _leave_empty(control: Control) -> None:
    """The field as it is before anybody touches it."""
    if isinstance(control, ChoiceControl):
        for each in control.options:
            each.chosen = not each.value
    elif isinstance(control, TextControl):
        control.fill("", force=True)
    else:
        raise control.cannot("it is no text and no choice")


@purpose(
    id="PAGE-HOSTILE-TEXT",
    requirements=("TOM-16",),
    interfaces="AM",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    timeout_s=60.0,
    title_ja="入力された文字は、画面の一部として働かず、文字のまま示される",
    title_en="What was entered is shown as text and never becomes part of the page",
    stimulus_ja="氏名、住所、理由に、画面を組み立てる記号やスクリプトを書く。まず誤った生年月日とともに送って入力画面に"
    "戻らせ、次に確認画面へ進む。",
    stimulus_en="Markup and scripts stand in name, address and reason; sent first with a wrong "
    "date, so that the form comes back, then up to the confirmation.",
    expected_ja="入力画面でも確認画面でも、書いたとおりの文字が見え、要素としては現れない。断ってもよいが、"
    "そのときは理由が示される。",
    expected_en="Form and confirmation show the text as it was typed, and no element of it. It may "
    "be refused, with the reason.",
    why_ja="申請の文字が職員や本人の画面で働くと、他人の情報が盗まれる。",
    why_en="Texts that come alive on the pages of staff or applicant steal other people's data.",
)
async def hostile(t: Trial, w: World) -> None:
    person = await applying(Newcomer(w))
    await person.begin()
    await person.agree()
    told = person.person.application
    street = told.data.address.model_copy(update={"street": f"旭町1丁目{PICTURE}"})
    await person.enter(changed(told, name=SCRIPT, reason=ENDING, address=street))
    date = control_of(person.form, BIRTH_DATE).name
    right = person.form.value(date)
    person.form.fill(date, "1981-02-29", force=True)
    page = await person.press(NEXT)
    t.require("a wrong date brings the form back", offers(page, BIRTH_DATE))
    _inert(t, "the form that comes back", "戻った入力画面", person)
    again = [person.form.value(each) for each in ("data.name", "data.reason")]
    t.check(
        "the form holds what was typed",
        again == [SCRIPT, ENDING],
        expected=[SCRIPT, ENDING],
        seen=again,
        level="derived",
        ja="入力画面に、書いたとおりに残っている",
    )
    person.form.fill(date, right, force=True)
    page = await person.press(NEXT)
    _inert(t, "the page after it", "その次の画面", person)
    if offers(page, SUBMIT):
        missing = lacking(page, (SCRIPT, PICTURE, ENDING))
        t.check(
            "the confirmation shows it as it was typed",
            not missing,
            expected=[SCRIPT, PICTURE, ENDING],
            seen=f"not shown: {missing}",
            ja="確認画面に、書いたとおりに示される",
        )
    else:
        t.check(
            "what is refused is told",
            bool(page.problems or page.summary_text),
            expected="the form with its problems",
            seen=page.described(),
            level="derived",
            ja="断るときは理由が示される",
        )


def _inert(t: Trial, what: str, ja: str, person: Applying) -> None:
    document = person.page.document
    alive = [
        str(tag)[:120]
        for tag in (
            document.find("script", string=lambda text: bool(text) and "alert(119)" in text),
            document.find("img", src="hostile"),
            document.find(id="hostile"),
            document.find(onerror=True),
        )
        if tag is not None
    ]
    t.check(
        f"{what} has no element of it",
        not alive,
        expected="texts only",
        seen=alive,
        level="derived",
        ja=f"{ja}に、書いた文字が要素として現れない",
    )


@purpose(
    id="PAGE-IDENTITY-DOCUMENTS",
    requirements=("TOM-24",),
    interfaces="AM",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    title_ja="本人確認の画像を求める画面に、写せる書類が書かれている",
    title_en="The page that asks for the identity image says which documents it may show",
    stimulus_ja="申請の入力画面を開く。",
    stimulus_en="The form of the application is opened.",
    expected_ja="画像を選ぶ欄があり、運転免許証、社員証、学生証、障害者手帳が挙げられている。",
    expected_en="There is a field for a file, and driving licence, staff, student and disability "
    "card are named.",
    why_ja="何を写せばよいかわからないと、審査で差し戻されて登録が遅れる。",
    why_en="Who does not know what to photograph is sent back, and registered late.",
)
async def identity_documents(t: Trial, w: World) -> None:
    person = await applying(Newcomer(w))
    await person.begin()
    page = await person.agree()
    form = person.form
    image = control_of(form, IDENTITY_IMAGE)
    t.check(
        "the form takes an image",
        image.kind == "file",
        expected="a field for a file",
        seen=image.shown(),
        ja="画像を選ぶ欄がある",
    )
    missing = lacking(page, CARDS)
    t.check(
        "the documents that it may show are named",
        not missing,
        expected=CARDS,
        seen=f"not named: {missing}",
        ja="写せる書類が挙げられている",
    )
