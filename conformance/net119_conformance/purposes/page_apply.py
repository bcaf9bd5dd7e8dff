"""What only the pages of an application show: terms first, dates, the confirmation."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from net119_protocol.application import Application
from net119_protocol.person import Contact, FrequentPlace, OptionalData
from net119_simulators.pages import Page
from net119_simulators.pages.controls import ChoiceControl, Entry, TextControl
from net119_simulators.registration import secret_of

from net119_conformance.at_pages import (
    AGREE,
    BACK,
    BIRTH_DATE,
    NEXT,
    SUBMIT,
    Applying,
    applying,
    control_of,
    form_with,
    lacking,
    offers,
    told_beside,
)
from net119_conformance.catalogue import Role
from net119_conformance.newcomer import GROWN_UP, Newcomer, changed, today
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


@purpose(
    id="PAGE-TERMS-FIRST",
    requirements=("TOM-09",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    timeout_s=60.0,
    title_ja="申請の画面は規約から始まり、同意して「次へ」を押すまで先へ進めない",
    title_en="The pages start with the terms and go on only after “I agree” and “next”",
    stimulus_ja="同意を選ばずに「次へ」を押し、次に同意して進む。別の人が、同意する前に、先の画面のURLを直接開き、"
    "記入した入力画面を送る。",
    stimulus_en="“Next” without “I agree”, then with it. Another person, before agreeing, opens "
    "the URLs of the later pages, and sends a form that is filled in.",
    expected_ja="同意を選ばなければ規約のままで、選べば入力に進む。直接開いても、送っても、規約が示され、"
    "消防本部には何も届かない。",
    expected_en="Without consent the terms stay; with it the form follows. Whatever is opened or "
    "sent directly leads to the terms, and nothing reaches the department.",
    why_ja="規約を読まずに先へ進めると、情報の扱いへの同意が形だけになる。",
    why_en="Where one gets past the terms unseen, consent is a formality.",
)
async def terms_first(t: Trial, w: World) -> None:
    one, other = await applying(Newcomer(w, "one")), await applying(Newcomer(w, "other"))
    page = await one.begin()
    t.check(
        "the mailed URL opens with the terms",
        offers(page, AGREE) and not offers(page, BIRTH_DATE),
        expected="terms with a way to agree, and no form yet",
        seen=page.described(),
        ja="メールのURLを開くと規約が示される",
    )
    page = await one.press(NEXT)
    t.check(
        "“next” without “I agree” does not go on",
        offers(page, AGREE) and not offers(page, BIRTH_DATE),
        expected="the terms again",
        seen=page.described(),
        ja="同意を選ばずに「次へ」を押しても進まない",
    )
    if offers(page, AGREE):
        page = await one.agree()
    t.check(
        "“I agree” and “next” lead to the form",
        offers(page, BIRTH_DATE),
        expected="the form",
        seen=page.described(),
        ja="同意して「次へ」を押すと入力に進む",
    )
    form_url, filled = page.url, await one.enter()
    page = await one.press(NEXT)
    t.require("the complete form leads to a confirmation", offers(page, SUBMIT))
    await other.begin()
    own, others = secret_of(one.url), secret_of(other.url)
    for what, ja, url in (("form", "入力", form_url), ("confirmation", "確認", page.url)):
        shown = await other.browser.open(url.replace(own, others))
        t.check(
            f"the {what} does not open before the terms are accepted",
            offers(shown, AGREE) and not offers(shown, BIRTH_DATE) and not offers(shown, SUBMIT),
            expected="the terms",
            seen=shown.described(),
            ja=f"同意する前に{ja}の画面は開かない",
        )
    filled.action = filled.action.replace(own, others)
    sent = await other.browser.press("next", filled, force=True)
    t.check(
        "a form sent before the terms are accepted leads to the terms",
        offers(sent, AGREE) and not offers(sent, SUBMIT),
        expected="the terms",
        seen=sent.described(),
        ja="同意する前に送った入力は規約に戻される",
    )
    rows = await (await w.staff()).rows(query=other.person.mail)
    t.check(
        "nothing of it reaches the department",
        not rows,
        expected="no registration",
        seen=[row.state.value for row in rows],
        ja="消防本部には何も届かない",
    )


@purpose(
    id="PAGE-BIRTH-DATE",
    requirements=("TOM-12",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    timeout_s=60.0,
    title_ja="生年月日は年-月-日で入力でき、あり得ない日付はその項目で示される",
    title_en="The date of birth is entered as YYYY-MM-DD; impossible ones are named at the field",
    stimulus_ja="存在しない日、十三月、未来の日、二百年前の日、文章を生年月日に入れ、最後に正しい日付を年-月-日で入れる。",
    stimulus_en="A day that does not exist, a thirteenth month, a day to come, one of 200 years "
    "ago and words as date of birth; at last a real one as YYYY-MM-DD.",
    expected_ja="誤った日付は、入れたまま、その項目の問題として示される。正しい日付は受け付けられ、登録に残る。",
    expected_en="The wrong ones come back, named at the field; the right one is taken and is on "
    "record.",
    why_ja="黙って別の日に直された生年月日は、病院で別の人の記録と取り違えられる。",
    why_en="A date silently turned into another leads a hospital to somebody else's record.",
)
async def birth_date(t: Trial, w: World) -> None:
    person = await applying(Newcomer(w))
    await person.begin()
    await person.agree()
    form = await person.enter()
    field = control_of(form, BIRTH_DATE)
    kind = field.kind if isinstance(field, TextControl) else ""
    t.check(
        "the date is typed, or picked from the browser's calendar",
        kind in ("text", "date"),
        expected="a field for text or for a date",
        seen=field.shown(),
        ja="日付は打ち込むか、カレンダーから選べる",
    )
    for what, ja, text in (
        ("a day that does not exist", "存在しない日", "1981-02-29"),
        ("a thirteenth month", "十三月", "1980-13-01"),
        ("a day to come", "未来の日", (today() + timedelta(days=2)).isoformat()),
        ("a day 200 years ago", "二百年前の日", f"{today().year - 200}-01-01"),
        ("words", "文章", "ずっと前"),
    ):
        page = await _with_date(person, text)
        back = offers(page, BIRTH_DATE)
        again = control_of(form_with(page, BIRTH_DATE), BIRTH_DATE) if back else field
        said = told_beside(page, again)
        t.check(
            f"{what} comes back, named at the field",
            back and bool(said),
            expected="the form with a problem at the date of birth",
            seen=said or page.described(),
            ja=f"{ja}は、生年月日の問題として示される",
        )
        if not back:
            await person.press(BACK)
    page = await _with_date(person, GROWN_UP.isoformat())
    written = _written(GROWN_UP)
    t.check(
        "29 February of a leap year is taken as YYYY-MM-DD",
        offers(page, SUBMIT) and len(lacking(page, written)) < len(written),
        expected=f"a confirmation with {' or '.join(written)}",
        seen=page.described(),
        ja="うるう年の2月29日が年-月-日で受け付けられる",
    )
    if offers(page, SUBMIT):
        await person.press(SUBMIT)
        record = await person.person.record(await w.staff())
        kept = record.application.data.birth_date
        t.check(
            "the record holds this day",
            kept == GROWN_UP,
            expected=GROWN_UP,
            seen=kept,
            ja="登録にその日が残る",
        )


def _written(day: date) -> tuple[str, str]:
    """How a page may show a day."""
    return day.isoformat(), f"{day.year}年{day.month}月{day.day}日"


async def _with_date(person: Applying, text: str) -> Page:
    form = person.form
    form.fill(control_of(form, BIRTH_DATE).name, text, force=True)
    return await person.press(NEXT)


@purpose(
    id="PAGE-CONFIRMATION",
    requirements=("TOM-16",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    timeout_s=60.0,
    title_ja="送る前に、入力したすべてが確認画面に示される",
    title_en="Everything is shown once more before it is submitted",
    stimulus_ja="任意の項目まですべて入力して「次へ」を押し、戻って、もう一度進み、送る。",
    stimulus_en="Every item is filled in, the optional ones too; “next”, back, “next” again, and "
    "at last the submission.",
    expected_ja="確認画面に入力したすべてが示され、戻っても入力が残っている。送るまで消防本部には届かず、"
    "送ると届く。",
    expected_en="The confirmation shows all that was entered, and going back loses none of it. "
    "Nothing reaches the department before the submission, and after it the application does.",
    why_ja="住所や連絡先の打ち間違いに気づけるのは、送る前だけである。",
    why_en="Before it is sent is the only time to notice a wrong address or number.",
)
async def confirmation(t: Trial, w: World) -> None:
    person = await applying(Newcomer(w))
    told = _everything(person.person.application)
    await person.begin()
    await person.agree()
    form = await person.enter(told)
    entered = dict(_texts(form.entries()))
    chosen = [
        option.text
        for control in form.controls
        if isinstance(control, ChoiceControl) and control.name in ("data.sex", "certificate")
        for option in control.options
        if option.chosen
    ]
    page = await person.press(NEXT)
    t.check(
        "a confirmation comes before the submission",
        offers(page, SUBMIT) and not offers(page, BIRTH_DATE),
        expected="a page with a button that submits",
        seen=page.described(),
        ja="送る前に確認画面がある",
    )
    missing = lacking(page, (*_told(told), *chosen))
    born = _written(told.data.birth_date)
    if len(lacking(page, born)) == len(born):
        missing.append(" / ".join(born))
    t.check(
        "the confirmation shows everything that was entered",
        not missing,
        expected="every text of the form",
        seen=f"not shown: {missing}",
        ja="確認画面に、入力したすべてが示される",
    )
    staff = await w.staff()
    early = await staff.rows(query=person.person.mail)
    t.check(
        "nothing has reached the department yet",
        not early,
        expected="no registration",
        seen=[row.state.value for row in early],
        ja="まだ消防本部には届いていない",
    )
    if not offers(page, SUBMIT):
        return
    page = await person.press(BACK)
    t.require("“back” leads to the form", offers(page, BIRTH_DATE))
    again = dict(_texts(person.form.entries()))
    lost = sorted(name for name, text in entered.items() if again.get(name, "") != text)
    t.check(
        "going back loses nothing",
        not lost,
        expected="the form as it was filled in",
        seen=f"changed: {lost}",
        ja="戻っても入力が残っている",
    )
    await person.press(NEXT)
    page = await person.press(SUBMIT)
    rows = await staff.rows(query=person.person.mail)
    t.check(
        "the submission reaches the department",
        len(rows) == 1 and not offers(page, SUBMIT),
        expected="one registration, and a page that says so",
        seen=f"{len(rows)}; {page.described()}",
        ja="送ると消防本部に届く",
    )


def _everything(application: Application) -> Application:
    """The application with every optional item of the form."""
    optional = OptionalData(
        phone="0000-12-3456",
        fax="0000-12-3457",
        frequent_places=(
            FrequentPlace(label="勤め先", address="表町5丁目1番1号", note="平日の昼、3階"),
        ),
        contacts=(
            Contact(
                name="髙橋　一郎", kana="タカハシ　イチロウ", relation="父", phone="0000-11-0001"
            ),
            Contact(name="伊藤　桂", relation="友人", mail="kei@f.example"),
        ),
    )
    return changed(application, optional=optional)


def _told(application: Application) -> list[str]:
    """The texts of an application, as they were typed."""
    data = application.data
    optional = data.optional or OptionalData()
    address = data.address
    place = f"{address.prefecture}{address.municipality}{address.street}"
    found = [data.name, data.kana, data.mail, data.disability, data.reason, data.device, place]
    found += [address.flat or "", optional.phone or "", optional.fax or ""]
    for contact in optional.contacts:
        found += [contact.name, contact.kana, contact.relation, contact.phone or ""]
        found += [contact.fax or "", contact.mail or ""]
    for each in optional.frequent_places:
        found += [each.label, each.address, each.note]
    return [text for text in found if text]


def _texts(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    for name, value in entries:
        if isinstance(value, str) and name.startswith("data."):
            yield name, value
