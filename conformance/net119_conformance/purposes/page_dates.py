"""Dates as people in Japan write them, at the page of a change."""

from datetime import date

from net119_protocol.api.staff import RegistrationState
from net119_simulators.pages import Browser, Page
from net119_simulators.registration.urls import mailed_url

from net119_conformance.at_pages import (
    BIRTH_DATE,
    NEXT,
    SUBMIT,
    Sign,
    button_of,
    control_of,
    form_with,
    lacking,
    offers,
)
from net119_conformance.catalogue import Role
from net119_conformance.drivers.staff import Staff
from net119_conformance.newcomer import is_link
from net119_conformance.paper_forms import OnPaper, address_of, registered_on_paper
from net119_conformance.polling import until
from net119_conformance.purpose import purpose
from net119_conformance.purposes.paper import form, paper
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

CHANGE = Sign("change", "変更")
WRITTEN = (
    ("1989-01-07", "the western calendar", "西暦"),
    ("平成元年1月8日", "the first year of an era", "元号の元年"),
    ("昭和64年1月7日", "the last day of an era", "元号の最後の日"),
)
DAYS = (date(1989, 1, 7), date(1989, 1, 8), date(1989, 1, 7))
"""What is written above, from a calendar."""


async def _press(browser: Browser, sign: Sign) -> Page:
    where = form_with(browser.page, sign)
    return await browser.press(button_of(where, sign), where, force=True)


@purpose(
    id="PAGE-WAREKI",
    requirements=("CNB-44",),
    interfaces="ACM",
    role=Role.REGISTRATION,
    needs=Needs(profile="chita-nanbu"),
    timeout_s=90.0,
    title_ja="生年月日は、西暦でも和暦でも書ける",
    title_en="A date of birth may be written in the western or in the Japanese calendar",
    stimulus_ja="三人の登録者が、メールで届いたURLの変更の画面で、生年月日をそれぞれ西暦、平成元年1月8日、"
    "昭和64年1月7日と書き、確認画面を見て、送る。",
    stimulus_en="At the page for changes behind the mailed URL three registrants write the date of "
    "birth, one in the western calendar, one as 8 January of Heisei 1, one as 7 January of Showa "
    "64. Each looks at the confirmation, and hands it in.",
    expected_ja="どの書き方も受け付けられ、確認画面に正しい日か書いたままの日が示される。送ったどの日も、変更後として職員に正しく示される。",
    expected_en="Each is taken and the confirmation shows the right day, or what was written. That "
    "day is what staff are shown as the change.",
    why_ja="元号の変わり目を取り違えた生年月日では、病院で本人の記録が見つからない。",
    why_en="With a day lost between two eras the hospital does not find the person's record.",
)
async def wareki(t: Trial, w: World) -> None:
    staff = await w.staff()
    for number, (written, day) in enumerate(zip(WRITTEN, DAYS, strict=True), start=1):
        mail = address_of(w, f"wareki{number}")
        person = await registered_on_paper(w, staff, paper(form(w, mail=mail)))
        await _handed_in(t, w, staff, person, written, day)


async def _handed_in(
    t: Trial, w: World, staff: Staff, person: OnPaper, written: tuple[str, str, str], day: date
) -> None:
    """A person changes the date of birth; what is shown of it is judged.

    The confirmation may repeat what was written: how it was read shows at the staff's.
    """
    text, en, ja = written
    account = await w.account(person.keys)
    await account.log_in()
    await account.ask_account_mail()
    with t.waiting("the mail with the URL for changes"):
        letter = await w.letter(person.application.data.mail, is_link)
    browser = await w.browser()
    page = await browser.open(mailed_url(letter.urls))
    if not offers(page, BIRTH_DATE):
        page = await _press(browser, CHANGE)
    fields = form_with(page, BIRTH_DATE)
    fields.fill(control_of(fields, BIRTH_DATE).name, text, force=True)
    page = await _press(browser, NEXT)
    shown = (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", text)
    t.check(
        f"{en} is taken, and its day is shown",
        offers(page, SUBMIT) and len(lacking(page, shown)) < len(shown),
        expected=f"a confirmation with {' or '.join(shown)}",
        seen=page.described(),
        ja=f"{ja}で書いた日が受け付けられ、確認画面に示される",
    )
    if not offers(page, SUBMIT):
        return
    await _press(browser, SUBMIT)
    record = await t.observe(
        f"{en}: the change waits for review",
        until(
            w,
            lambda: staff.record(person.record.registrant_id),
            lambda found: found.state is RegistrationState.CHANGE_PENDING,
        ),
        w.patience + 1,
        expected=RegistrationState.CHANGE_PENDING.value,
        ja=f"{ja}: 変更が審査を待っている",
    )
    seen = record.proposal.data.birth_date if record and record.proposal else None
    t.check(
        f"{en}: staff are shown the day that was handed in",
        seen == day,
        expected=day,
        seen=seen,
        ja=f"{ja}: 送った日が職員に示される",
    )
