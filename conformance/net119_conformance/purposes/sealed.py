"""Optional data that the department may not read before a call sends them (Aso)."""

from net119_protocol.api.records import Decision, PaperApplication
from net119_protocol.api.staff import Credentials, RegistrationState
from net119_protocol.person import Contact, FrequentPlace, Medical, OptionalData, RegistrantData
from net119_simulators.applications import Applying
from net119_simulators.registration import keys_in

from net119_conformance.catalogue import Role
from net119_conformance.drivers.staff import Staff
from net119_conformance.listed import shown_in_list
from net119_conformance.newcomer import Newcomer, applying, changed, holds_keys, today
from net119_conformance.purpose import purpose
from net119_conformance.purposes.change_forms import change_form
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import Registered, World

PROFILE = "aso"
CONTACT = "秘田　伝一"
PLACE = "封緘町の親類の家"
HISTORY = "心筋梗塞（2019年）"
KANA = "フウカン　ヨミコ"
DISABILITY = "突発性難聴と吃音"
CONTACT_KANA, CONTACT_PHONE = "ヒデン　デンイチ", "0000-55-0001"
PLACE_STREET = "見本8番地"
PHONE = "0000-55-0002"
"""Added by a change."""
WORDS = (
    *(CONTACT, CONTACT_KANA, CONTACT_PHONE, PLACE, PLACE_STREET, HISTORY),
    *(KANA, DISABILITY, PHONE),
)
"""What of the optional data a reader would recognise; nothing else holds these words."""
SEALED = OptionalData(
    contacts=(Contact(name=CONTACT, kana=CONTACT_KANA, relation="兄", phone=CONTACT_PHONE),),
    frequent_places=(FrequentPlace(label=PLACE, address=f"熊本県阿蘇市{PLACE_STREET}"),),
    medical=Medical(history=HISTORY),
)


def _told(w: World, name: str) -> Applying:
    made = applying(w, name)
    told = changed(made.application, optional=SEALED, kana=KANA, disability=DISABILITY)
    return Applying(told, made.image)


def _optional(data: RegistrantData) -> tuple[OptionalData | None, str, str]:
    return data.optional, data.kana, data.disability


async def _staff_views(staff: Staff, person: Newcomer) -> dict[str, str]:
    """All that staff can read about a person, as text, by where they read it."""
    record = await person.record(staff)
    rows = await staff.rows()
    found = {
        "record": record.model_dump_json(),
        "list": "".join(row.model_dump_json() for row in rows),
        "audit log": "".join(
            entry.model_dump_json() for entry in await staff.accesses(record.registrant_id)
        ),
        "undelivered mail": "".join(each.model_dump_json() for each in await staff.failed_mails()),
    }
    for word in WORDS:
        hits = await staff.rows(query=word)
        # Others may have the same, keyed in by staff.
        own = [row for row in hits if row.registrant_id == record.registrant_id]
        found[f"search for {word}"] = "".join(f"{word} {row.mail}" for row in own)
    return found


async def _nothing_shows(t: Trial, staff: Staff, person: Newcomer, when: str, ja: str) -> None:
    views = await _staff_views(staff, person)
    shown = [f"{word} in {view}" for view, text in views.items() for word in WORDS if word in text]
    t.check(
        f"nothing optional shows to staff {when}",
        not shown,
        expected=f"none of {len(WORDS)} words in {', '.join(views)}",
        seen=shown or "none",
        ja=f"{ja}、任意情報が職員に見えない",
    )


@purpose(
    id="SEALED-UNTIL-CALL",
    requirements=("ASO-04",),
    interfaces="CMA",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE),
    timeout_s=60.0,
    title_ja="任意情報は、通報で送られるまで消防本部から見えない",
    title_en="Optional data stay closed to the department until a call sends them",
    stimulus_ja="任意情報も書いた申請が出され、承認され、任意情報の変更の申請が出される。そのたびに、職員が記録、一覧、"
    "検索、閲覧の記録、不達メールを見る。そのあと本人が通報し、指令員が応答する。",
    stimulus_en="An application with optional data is handed in, approved, and followed by a "
    "change of optional data. At each step staff read the record, the list, searches, the audit "
    "log and the undelivered mail. Then the person calls, and a dispatcher answers.",
    expected_ja="必須情報は職員に見え、任意情報は通報までどこにも見えない。通報すると、指令台に任意情報が示される。",
    expected_en="Staff see the required data, and nothing of the optional ones until the call; "
    "with the call, the console shows them.",
    why_ja="病歴などを、通報もないのに職員が見られると、登録をためらう人が出る。",
    why_en="People who must fear that their illnesses are read for no reason do not register them.",
)
async def until_call(t: Trial, w: World) -> None:
    staff, console = await w.staff(), await w.console()
    person = Newcomer(w, told=_told(w, "sealed"))
    await person.apply()
    required = (await person.record(staff)).application.data
    told = person.application.data
    t.check(
        "the required data are shown to staff",
        (required.name, required.birth_date, required.address.street)
        == (told.name, told.birth_date, told.address.street),
        expected=(told.name, told.birth_date, told.address.street),
        seen=(required.name, required.birth_date, required.address.street),
        ja="必須情報が職員に見える",
    )
    await _nothing_shows(t, staff, person, "while the application waits", "審査待ちの間")
    await person.decided(staff, Decision.APPROVE)
    with t.waiting("the completion mail"):
        letter = await person.next_letter(holds_keys)
    keys = keys_in(letter.text, letter.urls)
    await _nothing_shows(t, staff, person, "after the approval", "承認のあと")
    account = await w.account(keys)
    await account.log_in()
    await person.open(await person.account_url(account))
    hand = await person.hand()
    more = SEALED.model_copy(update={"phone": PHONE})
    await hand.fill(changed(person.application, optional=more, name="田中　改名"))
    t.require("the change is taken", not await hand.submit())
    pending = await person.record(staff)
    t.require("the change waits", pending.state is RegistrationState.CHANGE_PENDING)
    t.check(
        "the change of a required item is shown to staff",
        [each.after for each in pending.changes if each.path == "data.name"] == ["田中　改名"],
        expected="the new name",
        seen=[(each.path, each.after) for each in pending.changes],
        ja="必須情報の変更が職員に見える",
    )
    await _nothing_shows(t, staff, person, "while a change waits", "変更の審査待ちの間")
    who = Credentials(
        registrant_id=pending.registrant_id, login_id=keys.login_id, password=keys.password
    )
    phone = await w.handset(Registered(told, who, w.home.department))
    call = await w.call_from(phone, w.home)
    shown = await t.observe(
        "the call is shown at the console",
        console.wait_for_call(call.id, w.patience),
        w.patience + 1,
        expected=f"call {call.id}",
        ja="通報が指令台に示される",
    )
    if shown is not None:
        with t.waiting("the answer"):
            shown = await console.answer(call.id)
        t.check(
            "the call has sent the optional data",
            _optional(shown.registrant) == (SEALED, KANA, DISABILITY),
            expected=(SEALED, KANA, DISABILITY),
            seen=_optional(shown.registrant),
            ja="通報で任意情報が送られている",
        )


@purpose(
    id="SEALED-UNTIL-ANSWER",
    derived=("ASO-04",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile=PROFILE),
    title_ja="呼び出し中の通報では、任意情報がまだ指令台に渡らず、応答とともに渡る",
    title_en="While a call rings no console has the optional data; they come with the answer",
    stimulus_ja="任意情報を登録した人が通報する。二つの指令台が、応答の前に、届いた通報、一覧、通報の記録を見る。一人が応答する。",
    stimulus_en="A registrant with optional data calls. Before the answer two consoles look at "
    "what came, at the list and at the record of the call. Then one of them answers.",
    expected_ja="応答の前は、画面に出ない形でも、任意情報が指令台に渡っていない。応答した指令台には、登録のとおりに渡る。",
    expected_en="Before the answer the consoles have none of the optional data, shown or not. Who "
    "answers gets them as registered.",
    why_ja="通報は全員の席で鳴り、応答の前に別の本部へ移ることもある。病歴は、応じる人だけが知ればよい。",
    why_en="A call rings at every desk and may move on before anybody takes it; an illness is for "
    "those to know who respond.",
)
async def until_answer(t: Trial, w: World) -> None:
    console, beside = await w.console(), await w.console()
    plain = w.person()
    person = plain.model_copy(update={"optional": SEALED, "kana": KANA, "disability": DISABILITY})
    call = await w.call_from(await w.handset(await w.register(person=person)), w.home)
    had: list[str] = []
    for each in (console, beside):
        with t.waiting("the call at the consoles"):
            shown = await each.wait_for_call(call.id, w.patience)
            listed = await shown_in_list(w, each, call.id, lambda _: True)
        record = await each.record(call.id)
        had += [view.model_dump_json() for view in (shown, listed, record)]
    found = sorted({word for word in WORDS for text in had if word in text})
    t.check(
        "the ringing call is shown with its caller's name",
        len(had) == 2 * 3 and all(person.name in text for text in had),
        expected=f"{person.name}, six times",
        seen=f"{sum(person.name in text for text in had)} of {len(had)}",
        ja="呼び出し中の通報に、通報者の氏名がある",
    )
    t.check(
        "while the call rings the optional data are with no console",
        not found,
        expected="none of them before the answer",
        seen=found,
        ja="呼び出し中は、任意情報がどの指令台にも渡っていない",
    )
    await console.answer(call.id)
    with t.waiting("the answered call"):
        answered = await console.wait_for_call(
            call.id, w.patience, lambda view: view.answered_at is not None
        )
    t.check(
        "the optional data come with the answer, as they were registered",
        _optional(answered.registrant) == (SEALED, KANA, DISABILITY),
        expected=(SEALED, KANA, DISABILITY),
        seen=_optional(answered.registrant),
        ja="応答とともに、任意情報が登録のとおりに渡る",
    )


@purpose(
    id="SEALED-BUT-KEYED-IN",
    requirements=("ASO-04",),
    interfaces="C",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE),
    title_ja="職員が登録を代行した人の任意情報は、職員が見られる",
    title_en="Staff can read the optional data of a person whose registration they keyed in",
    stimulus_ja="職員が、任意情報も書かれた紙の申請書を入力し、その記録を見る。",
    stimulus_en="Staff key in a paper form with optional data and read its record.",
    expected_ja="記録に、入力した任意情報がそのままある。",
    expected_en="The record holds the optional data as they were keyed in.",
    why_ja="自分で入力した内容を確かめられないと、書き間違いに気付けない。",
    why_en="Who cannot read what they keyed in cannot notice a slip.",
)
async def keyed_in(t: Trial, w: World) -> None:
    staff = await w.staff()
    told = _told(w, "keyed")
    form = PaperApplication(
        application=told.application,
        consent_signed=True,
        received_on=today(),
        terms_version=read_profile(w.home).terms.version,
        number="第7号",
    )
    record = await staff.record(await staff.key_in(form))
    t.check(
        "the optional data are in the record",
        record.application.data.optional == SEALED,
        expected=SEALED,
        seen=record.application.data.optional,
        ja="任意情報が記録にある",
    )
    t.check(
        "nothing of the record is called sealed",
        not record.sealed,
        expected=False,
        seen=record.sealed,
        ja="見られない情報があるとは示されない",
    )


@purpose(
    id="SEALED-KEPT-BY-STAFF",
    requirements=("ASO-04",),
    interfaces="CMA",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE),
    title_ja="職員が変更を代わりに入力しても、職員に見えない任意情報は失われない",
    title_en="A change keyed in by staff does not lose the optional data they cannot see",
    stimulus_ja="任意情報も書いて自分で登録した人の変更届を、職員が入力する。見える内容に、新しい住所の番地と電話番号だけを"
    "書き足して承認する。本人が、メールのURLで登録内容を開く。",
    stimulus_en="Staff key in the change form of a person who registered with optional data "
    "through the web: what they can see, with another street and a phone number, and approve it. "
    "The person then opens what is registered through a mailed URL.",
    expected_ja="番地と電話番号が変わり、職員に見えなかった任意情報は元のまま残っている。",
    expected_en="Street and phone number are changed; the optional data that staff could not see "
    "are as they were.",
    why_ja="緊急連絡先や病歴が知らないうちに消えると、通報のときに隊へ届かない。",
    why_en="Contacts and illnesses that vanish unnoticed do not reach the crew at the next call.",
)
async def kept_by_staff(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w, told=_told(w, "kept"))
    account = await person.logged_in(staff)
    seen = (await person.record(staff)).application
    moved = seen.data.address.model_copy(update={"street": "見本町9丁目9番"})
    entered = changed(seen, address=moved, optional=OptionalData(phone="0000-55-0003"))
    record = await person.record(staff)
    form = change_form(record, entered, number="第8号")
    t.require("the change form is taken", await staff.key_in_change(record.registrant_id, form))
    await person.decided(staff, Decision.APPROVE)
    shown = await person.open(await person.account_url(account))
    if t.require("the person sees what is registered", shown.application) is None:
        return
    data = shown.application.data if shown.application else seen.data
    t.check(
        "what staff entered is registered",
        (data.address.street, data.optional and data.optional.phone)
        == ("見本町9丁目9番", "0000-55-0003"),
        expected=("見本町9丁目9番", "0000-55-0003"),
        seen=(data.address.street, data.optional and data.optional.phone),
        ja="職員が入力した内容が登録されている",
    )
    wanted = (SEALED.model_copy(update={"phone": "0000-55-0003"}), KANA, DISABILITY)
    t.check(
        "what staff could not see is kept",
        _optional(data) == wanted,
        expected=wanted,
        seen=_optional(data),
        ja="職員に見えなかった情報が残っている",
    )
