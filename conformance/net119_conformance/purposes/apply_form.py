"""The application behind a mailed URL: terms first, required items, optional ones."""

from datetime import timedelta
from typing import Any

from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.person import Contact, FrequentPlace, OptionalData
from net119_simulators.registration.acts import Problems

from net119_conformance.catalogue import Role
from net119_conformance.newcomer import DONE, Newcomer, answer_to, changed, listed, today
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

Case = tuple[str, str, Application, str]
"""What is wrong, in English and Japanese, with an application, and the item to be named."""


def names(problems: Problems, path: str) -> bool:
    """Whether the problems name an item, or a part of it."""
    return any(each.path == path or each.path.startswith(f"{path}.") for each in problems)


async def refused_one_by_one(t: Trial, person: Newcomer, cases: tuple[Case, ...]) -> None:
    """Each faulty application is told its fault, and is not taken when handed in all the same."""
    hand = await person.hand()
    for what, ja, application, path in cases:
        told = await hand.fill(application)
        handed_in = await hand.submit()
        t.check(
            f"an application {what} is refused, naming the item",
            names(told, path) and bool(handed_in),
            expected=f"a problem at {path} when filled in, and a refusal when handed in",
            seen=f"{listed(told)}, then {listed(handed_in)}",
            ja=f"{ja}申請は、その項目を示して断られる",
        )


async def taken(t: Trial, person: Newcomer, application: Application) -> None:
    """The complete application is taken, and waits for review."""
    hand = await person.hand()
    wrong = (*await hand.fill(application), *await hand.submit())
    t.check(
        "the complete application is taken",
        not wrong,
        expected="no problem",
        seen=listed(wrong),
        ja="すべてそろった申請は受け付けられる",
    )
    if not wrong:
        record = await person.record(await person.w.staff())
        t.check(
            "the department finds it waiting for review",
            record.state is RegistrationState.APPLIED,
            expected="applied",
            seen=record.state.value,
            ja="消防本部で審査を待っている",
        )
        told, kept = required_of(application), required_of(record.application)
        t.check(
            "the record holds the required items as they were given",
            kept == told,
            expected=told,
            seen=kept,
            ja="必須の項目が、書いたとおりに記録にある",
        )


def required_of(application: Application) -> dict[str, str]:
    """What every department requires of a person."""
    data = application.data
    return {
        "name": data.name,
        "birth date": data.birth_date.isoformat(),
        "sex": data.sex.value,
        "address": f"{data.address.municipality_code} {data.address.street}",
        "mail": data.mail,
    }


@purpose(
    id="APPLY-TERMS-FIRST",
    requirements=("TOM-09",),
    derived=("CNB-43",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    title_ja="規約に同意しないと申請できず、同意した版が記録に残る",
    title_en="No application without consent to the terms; the version accepted is on record",
    stimulus_ja="同意せずに、また別の版に同意したと言って申請を出そうとし、最後に示された版に同意して出す。",
    stimulus_en="Somebody tries to apply without consent, then claims consent to another version, "
    "and at last agrees to the one shown.",
    expected_ja="規約が示される。はじめの二つは断られ、三つ目は受け付けられて、記録に同意した版がある。",
    expected_en="The terms are shown; the first two are refused, the third is taken, and the "
    "record holds the version.",
    why_ja="同意のない登録では、情報を救急隊や病院に渡せない。",
    why_en="Without consent the data may not be passed on to crews and hospitals.",
)
async def terms_first(t: Trial, w: World) -> None:
    person = Newcomer(w)
    shown = await person.begin()
    hand = await person.hand()
    t.check(
        "the terms are shown with their version",
        bool(shown.terms.strip() and shown.terms_version) and not shown.terms_accepted,
        expected="a text and a version, not accepted yet",
        seen=f"{len(shown.terms)} characters, version {shown.terms_version!r}",
        ja="規約が版とともに示される",
    )
    await hand.fill(person.application)
    early = await hand.submit()
    t.check(
        "without consent the application is refused",
        any(each.code == "terms" for each in early),
        expected="terms",
        seen=listed(early),
        ja="同意がなければ断られる",
    )
    other = await answer_to(hand.accept_terms("1999-01"))
    t.check(
        "consent to another version is refused",
        other != DONE,
        expected="a refusal",
        seen=other,
        ja="別の版への同意は断られる",
    )
    again = await hand.submit()
    t.check(
        "after that the application is still refused",
        any(each.code == "terms" for each in again),
        expected="terms",
        seen=listed(again),
        ja="そのあとも断られる",
    )
    wrong = (*await person.enter(), *await hand.submit())
    t.check(
        "with consent the application is taken",
        not wrong,
        expected="no problem",
        seen=listed(wrong),
        ja="同意すると受け付けられる",
    )
    if not wrong:
        record = await person.record(await w.staff())
        t.check(
            "the record holds the version that was shown",
            record.terms_version == shown.terms_version,
            expected=shown.terms_version,
            seen=record.terms_version,
            level="derived",
            ja="示された版が記録に残る",
        )


@purpose(
    id="APPLY-REQUIRED-ITEMS",
    requirements=("TOM-10", "TOM-24"),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    title_ja="必須の項目と本人確認の画像がなければ申請できない",
    title_en="No application without the required items and the image that proves identity",
    stimulus_ja="画像なしで、画像でないファイルで、それぞれの必須項目を欠いて申請し、最後にすべてそろえて出す。",
    stimulus_en="Applications without the image, with a file that is none, and without each "
    "required item in turn; at last a complete one.",
    expected_ja="欠けた申請は、欠けた項目を示して断られる。そろった申請は受け付けられ、"
    "審査する消防本部に画像がある。",
    expected_en="Incomplete ones are refused, naming the item; the complete one is taken, and the "
    "department that reviews it has the image.",
    why_ja="名前や住所を欠いた登録では、通報を受けても出動先がわからない。",
    why_en="A registration without name or address leaves a crew without a place to go to.",
)
async def required_items(t: Trial, w: World) -> None:
    person = Newcomer(w)
    await person.begin()
    hand = await person.hand()
    await hand.accept_terms()
    whole = person.application
    without_image: Case = ("without the image", "画像のない", whole, "image")
    await refused_one_by_one(t, person, (without_image,))
    for what, ja, content in (
        ("a PDF", "PDF", b"%PDF-1.7 no picture"),
        ("a text named as a picture", "画像でないファイル", b"\xff\xd8\xff\xe0 no picture"),
        ("more than 10 MB", "10MBを超えるファイル", b"\xff\xd8\xff\xe0" + bytes(10 * 1024 * 1024)),
    ):
        wrong = await hand.attach_image(content)
        t.check(
            f"{what} is refused as an image",
            bool(wrong),
            expected="a problem",
            seen=listed(wrong),
            ja=f"{ja}は画像として受け付けられない",
        )
    picture = t.require("the person has a picture", person.told.image)
    wrong = await hand.attach_image(picture)
    t.check(
        "a picture of a card is taken",
        not wrong,
        expected="no problem",
        seen=listed(wrong),
        ja="身分証の画像は受け付けられる",
    )
    address = whole.data.address
    cases: tuple[Case, ...] = (
        ("without the kana", "フリガナのない", changed(whole, kana=""), "data.kana"),
        ("without the reason", "申請理由のない", changed(whole, reason=""), "data.reason"),
        (
            "without the address",
            "番地のない",
            changed(whole, address=address.model_copy(update={"street": " "})),
            "data.address",
        ),
        ("without the name", "氏名のない", changed(whole, name="　"), "data.name"),
        (
            "with a birth in the future",
            "未来の生年月日の",
            changed(whole, birth_date=today() + timedelta(days=2)),
            "data.birth_date",
        ),
    )
    await refused_one_by_one(t, person, cases)
    await taken(t, person, whole)
    record = await person.record(await w.staff())
    t.check(
        "the department has the image",
        record.has_image,
        expected=True,
        seen=record.has_image,
        ja="消防本部に画像がある",
    )


@purpose(
    id="APPLY-ASO-ITEMS",
    requirements=("ASO-24",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso"),
    title_ja="同意を兼ねた一つの申請で、必須の五項目だけでも登録できる",
    title_en="One application with consent; the five required items alone are enough",
    stimulus_ja="同意なしで、次に氏名・住所・生年月日を欠いて申請し、最後に必須の五項目だけで申請する。",
    stimulus_en="Applications without consent, then without the name, the address and a possible "
    "birth in turn; at last one with the five required items and nothing else.",
    expected_ja="欠けた申請は断られ、必須の項目だけの申請は受け付けられる。",
    expected_en="The incomplete ones are refused; the one with the required items alone is taken.",
    why_ja="緊急連絡先や病歴を知らせるかどうかは、本人が決める。",
    why_en="Whether to tell contacts or medical history is the person's own choice.",
)
async def aso_items(t: Trial, w: World) -> None:
    person = Newcomer(w)
    await person.begin()
    hand = await person.hand()
    bare = changed(person.application, kana="", disability="", reason="", device="", optional=None)
    await hand.fill(bare)
    early = await hand.submit()
    t.check(
        "without consent the application is refused",
        any(each.code == "terms" for each in early),
        expected="terms",
        seen=listed(early),
        ja="同意がなければ断られる",
    )
    await hand.accept_terms()
    address = bare.data.address
    cases: tuple[Case, ...] = (
        ("without the name", "氏名のない", changed(bare, name="　"), "data.name"),
        (
            "without the address",
            "番地のない",
            changed(bare, address=address.model_copy(update={"street": " "})),
            "data.address",
        ),
        (
            "with a birth in the future",
            "未来の生年月日の",
            changed(bare, birth_date=today() + timedelta(days=2)),
            "data.birth_date",
        ),
    )
    await refused_one_by_one(t, person, cases)
    await taken(t, person, bare)


def _optional() -> OptionalData:
    """Every optional item of Tomakomai's form."""
    return OptionalData(
        phone="0000-12-3456",
        fax="0000-12-3457",
        frequent_places=(
            FrequentPlace(
                label="勤め先",
                address="表町5丁目1番1号",
                note="平日の昼、3階",
                lat=42.637,
                lon=141.604,
            ),
            FrequentPlace(label="実家", address="錦町2丁目4番6号"),
        ),
        contacts=(
            Contact(
                name="髙橋　一郎", kana="タカハシ　イチロウ", relation="父", phone="0000-11-0001"
            ),
            Contact(name="髙橋　春", kana="タカハシ　ハル", relation="母", fax="0000-11-0002"),
            Contact(name="伊藤　桂", kana="イトウ　ケイ", relation="友人", mail="kei@f.example"),
        ),
    )


@purpose(
    id="APPLY-OPTIONAL-ITEMS",
    requirements=("TOM-11", "TOM-14", "TOM-15"),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    title_ja="任意の項目は、書けば残り、書かなくてもよい",
    title_en="Optional items are kept if given, and may be left out",
    stimulus_ja="連絡手段のない連絡先、登録名や住所のない場所を書いて申請する。次に、任意の項目をすべて書いて"
    "申請し、別の人が一つも書かずに申請する。",
    stimulus_en="Applications with a contact that nothing reaches, and with a place without label "
    "or address; then one with every optional item, and another person's with none.",
    expected_ja="はじめの三つは断られ、あとの二つは受け付けられる。審査する職員には、書いたとおりのものが"
    "書いた順に見える。",
    expected_en="The first three are refused, the others taken; reviewing staff see exactly what "
    "was given, in its order.",
    why_ja="通報者と連絡がつかないとき、ここに書かれた人と場所だけが手がかりになる。",
    why_en="When a caller cannot be reached, these people and places are all there is to go by.",
)
async def optional_items(t: Trial, w: World) -> None:
    person, other = Newcomer(w, "full"), Newcomer(w, "bare")
    whole = _optional()
    await person.begin()
    await person.agree()
    lost = whole.contacts[0].model_copy(update={"phone": None})

    def with_items(**items: Any) -> Application:
        return changed(person.application, optional=whole.model_copy(update=items))

    place = whole.frequent_places[0]
    cases: tuple[Case, ...] = (
        (
            "with a contact that nothing reaches",
            "連絡手段のない連絡先を書いた",
            with_items(contacts=(lost,)),
            "data.optional.contacts",
        ),
        (
            "with a place without a label",
            "登録名のない場所を書いた",
            with_items(frequent_places=(place.model_copy(update={"label": ""}),)),
            "data.optional.frequent_places",
        ),
        (
            "with a place without an address",
            "住所のない場所を書いた",
            with_items(frequent_places=(place.model_copy(update={"address": ""}),)),
            "data.optional.frequent_places",
        ),
    )
    await refused_one_by_one(t, person, cases)
    await taken(t, person, changed(person.application, optional=whole))
    staff = await w.staff()
    kept = (await person.record(staff)).application.data.optional
    t.check(
        "staff see every optional item as it was given",
        kept == whole,
        expected=whole,
        seen=kept,
        ja="任意の項目が、書いたとおりに職員に見える",
    )
    await other.begin()
    await other.enter()
    bare = changed(other.application, optional=None)
    hand = await other.hand()
    wrong = (*await hand.fill(bare), *await hand.submit())
    t.check(
        "an application without optional items is taken",
        not wrong,
        expected="no problem",
        seen=listed(wrong),
        ja="任意の項目のない申請が受け付けられる",
    )
