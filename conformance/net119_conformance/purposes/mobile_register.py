"""Registering with a feature phone: from the empty mail to the department's review queue."""

from net119_protocol.api.staff import RegistrationState
from net119_simulators.applications import Applying
from net119_simulators.handsets.mobile_applying import MobileApplying
from net119_simulators.pages import Page
from net119_simulators.registration import secret_of

from net119_conformance.at_phones import DOCOMO, NO_WAY_ON, STEP_S, walking
from net119_conformance.catalogue import Role
from net119_conformance.newcomer import Newcomer, applying, changed
from net119_conformance.purpose import purpose
from net119_conformance.purposes.apply_form import required_of
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_NAME, _KANA = "髙橋　𠮷子", "タカハシ　ヨシコ"
"""The first character is in Shift_JIS as phones have it only, the third in no Shift_JIS."""


@purpose(
    id="MOBILE-REGISTER",
    requirements=("CTS-02", "CTS-15"),
    derived=("CTS-02",),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(phones=True, profile="chitose"),
    timeout_s=120.0,
    title_ja="フィーチャーフォンだけで、空メールから申請まで進める",
    title_en="A feature phone alone leads from the empty mail to the application",
    stimulus_ja="Shift_JISしか表示できないドコモの端末の持ち主「髙橋　𠮷子」が空メールを送り、"
    "届いたURLをその端末で開き、規約に同意し、位置を測らずに入力して申請する。",
    stimulus_en="The owner 髙橋　𠮷子 of a docomo phone that shows Shift_JIS only sends the empty "
    "mail, opens the URL of the answer on the phone, agrees to the terms, fills the form in "
    "without measuring a position, and hands it in.",
    expected_ja="申請が一件だけ、消防本部の審査待ちにある。必須の項目は、氏名の文字も含めて、書いたとおりに記録にある。",
    expected_en="One application waits for the department's review. The record holds the required "
    "items as they were written, the letters of the name among them.",
    why_ja="この端末しか持たない人が申請できなければ、通報もできない。",
    why_en="Who has no other phone and cannot apply with it will not be able to call.",
)
async def mobile_register(t: Trial, w: World) -> None:
    told = applying(w)
    told = Applying(changed(told.application, name=_NAME, kana=_KANA), told.image)
    person = Newcomer(w, told=told)
    staff = await w.staff()
    walk = await walking(w, DOCOMO)
    await person.write(charset=walk.phone.handset.mail.charset.lower())
    with t.waiting("the mail with the URL of the application"):
        url = await person.next_url()
    walk.phone.browser.keep_secret(secret_of(url))
    start = f"{w.handset_side().encrypted_url}/m"
    hand = MobileApplying(walk.phone, told, person, start)
    opened = await t.observe(
        "the mailed URL opens on the phone, at pages for feature phones",
        hand.opened(url),
        STEP_S,
        expected="a page below /m/r/",
        refusals=NO_WAY_ON,
        ja="メールのURLが、端末でフィーチャーフォン用の画面として開く",
    )
    if opened is None:
        return
    submitted: Page | None = await t.observe(
        "the phone can fill the form in and hand it in",
        hand.apply(opened),
        2 * STEP_S,
        expected="the page that says that the application is in",
        refusals=NO_WAY_ON,
        ja="端末で入力し、申請できる",
    )
    if submitted is None:
        return
    rows = [each for each in await staff.rows(query=person.mail) if each.mail == person.mail]
    t.check(
        "the application waits for the department's review, once",
        [each.state for each in rows] == [RegistrationState.APPLIED],
        expected=[RegistrationState.APPLIED.value],
        seen=[each.state.value for each in rows],
        ja="申請が一件、消防本部の審査を待っている",
    )
    if len(rows) != 1:
        return
    record = await staff.record(rows[0].registrant_id, "審査")
    written, kept = required_of(told.application), required_of(record.application)
    t.check(
        "the record holds what was typed on the phone, letter by letter",
        kept == written,
        expected=written,
        seen=kept,
        ja="端末で書いたことが、一字も変わらずに記録にある",
    )
