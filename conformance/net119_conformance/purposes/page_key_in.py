"""Keying in at the staff pages: a paper form that lacks an item the department needs."""

from dataclasses import dataclass

from net119_protocol.application import Application
from net119_simulators.pages import Browser, Form, Page
from net119_simulators.pages.controls import CheckControl, ChoiceControl, Control, TextControl
from net119_simulators.pages.entering import enter_application
from net119_simulators.registration.urls import origin_of

from net119_conformance.at_pages import (
    BIRTH_DATE,
    NEXT,
    SEX,
    SUBMIT,
    Sign,
    button_of,
    control_of,
    form_with,
    offers,
    told_beside,
)
from net119_conformance.catalogue import Role
from net119_conformance.newcomer import applying, today
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

KEY_IN = "/staff/key-in"
MAIL = Sign("data.mail", "メールアドレス")
RECEIVED_ON = Sign("paper.received_on", "受け付けた日")
CONSENT = Sign("paper.consent_signed", "同意書")


@dataclass(frozen=True)
class Item:
    """An item of the form, in both languages."""

    sign: Sign
    en: str
    ja: str


_MAIL = Item(MAIL, "a mail address", "メールアドレス")


def _leave_out(control: Control) -> None:
    """Leave an item as whoever never came to it: nothing written, nothing chosen."""
    if isinstance(control, ChoiceControl):
        for each in control.options:
            each.chosen = False
    elif isinstance(control, TextControl):
        control.fill("")


async def _filled_in(browser: Browser, application: Application) -> Form:
    """The form of a new registration, keyed in from paper, not sent yet."""
    page = await browser.open(f"{origin_of(browser.page.url)}{KEY_IN}")
    form_id = form_with(page, BIRTH_DATE).id
    form = await enter_application(browser, form_id, application, lenient=True)
    received = control_of(form, RECEIVED_ON)
    if isinstance(received, TextControl):
        received.fill(today().isoformat())
    consent = control_of(form, CONSENT)
    if isinstance(consent, CheckControl):
        consent.tick()
    return form


async def _sent(browser: Browser, form: Form) -> Page:
    """Press “next”, and what enters the form where the page goes on; the page before that."""
    page = await browser.press(button_of(form, NEXT), form, force=True)
    if offers(page, SUBMIT):
        confirm = form_with(page, SUBMIT)
        await browser.press(button_of(confirm, SUBMIT), confirm, force=True)
    return page


async def _each_refused(t: Trial, w: World, items: tuple[Item, ...]) -> None:
    """Forms that lack an item each are refused beside it; the complete one alone is entered."""
    browser, staff = await w.staff_browser(), await w.staff()
    for number, item in enumerate(items):
        form = await _filled_in(browser, applying(w, f"without{number}").application)
        _leave_out(control_of(form, item.sign))
        page = await _sent(browser, form)
        beside = ""
        if offers(page, BIRTH_DATE) and not offers(page, SUBMIT):
            beside = told_beside(page, control_of(form_with(page, BIRTH_DATE), item.sign))
        t.check(
            f"a form without {item.en} is refused, with the reason beside the field",
            bool(beside),
            expected="the form again, with the field marked and described",
            seen=beside or page.described(),
            ja=f"{item.ja}のない申請書は、その欄に理由を示して断られる",
        )
    entered = await staff.rows()
    t.check(
        "none of these forms is in the department's list",
        not entered,
        expected="no registration",
        seen=[f"{row.name} {row.mail}" for row in entered],
        ja="どれも消防本部の一覧にない",
    )
    whole = applying(w, "whole").application
    await _sent(browser, await _filled_in(browser, whole))
    found = [row.mail for row in await staff.rows(query=whole.data.mail)]
    t.check(
        "the complete form is entered",
        found == [whole.data.mail],
        expected=whole.data.mail,
        seen=found,
        ja="そろった申請書は登録される",
    )


@purpose(
    id="PAGE-KEY-IN-REQUIRED",
    requirements=("CNB-17",),
    interfaces="C",
    role=Role.REGISTRATION,
    needs=Needs(profile="chita-nanbu"),
    timeout_s=60.0,
    title_ja="性別、生年月日、メールアドレスのない申請書は、職員の入力画面で断られる",
    title_en="The pages for staff refuse a form without sex, date of birth or mail address",
    stimulus_ja="職員が、性別、生年月日、メールアドレスを一つずつ欠いた申請書を入力画面に入れて進み、"
    "最後にすべてそろった申請書を入れる。",
    stimulus_en="At the page for keying in, staff enter forms that lack sex, date of birth and "
    "mail address in turn and go on, and at last a complete one.",
    expected_ja="欠けた申請書は、欠けた欄に理由が示されて先へ進まず、一覧に加わらない。そろった申請書は登録される。",
    expected_en="An incomplete form does not go on: the reason is shown beside the field, and "
    "nothing is added to the list. The complete one is entered.",
    why_ja="出動した隊が本人を見分け、切れたときに呼び返すための情報である。",
    why_en="By these a crew knows whom to look for, and a call that broke off is called back.",
)
async def required(t: Trial, w: World) -> None:
    sex, born = Item(SEX, "the sex", "性別"), Item(BIRTH_DATE, "a date of birth", "生年月日")
    await _each_refused(t, w, (sex, born, _MAIL))


@purpose(
    id="PAGE-KEY-IN-NO-MAIL",
    requirements=("ASO-07",),
    interfaces="C",
    role=Role.HOME,
    needs=Needs(profile="aso"),
    timeout_s=60.0,
    title_ja="メールの使えない端末の持ち主は、職員が代わりに入力しても登録できない",
    title_en="Staff cannot register somebody on their behalf whose handset has no mail",
    stimulus_ja="職員が、メールアドレスのない人の申請を代わりに入力して進み、次にメールアドレスのある人の申請を入力する。",
    stimulus_en="Staff key in the application of a person without a mail address and go on, then "
    "that of a person with one.",
    expected_ja="メールアドレスのない申請は、その欄に理由が示されて断られ、一覧に加わらない。もう一方は登録される。",
    expected_en="The one without an address is refused, with the reason beside the field, and not "
    "added to the list. The other one is entered.",
    why_ja="メールの届かない端末には、切れた通報の呼び返しも、登録のお知らせも届かない。",
    why_en="A handset that mail does not reach cannot be called back when a call breaks off.",
)
async def no_mail(t: Trial, w: World) -> None:
    await _each_refused(t, w, (_MAIL,))
