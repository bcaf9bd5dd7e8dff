"""Notices of change and of the end of use: on the department's paper forms, and by mailed URL."""

from datetime import timedelta
from typing import Any

from net119_protocol.api.records import (
    Decision,
    LastFiled,
    PaperChange,
    RegistrationRecord,
    Withdraw,
)
from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_protocol.person import OptionalData
from net119_simulators.errors import CallRefused, UnexpectedAnswer

from net119_conformance.catalogue import Role
from net119_conformance.drivers.staff import Staff
from net119_conformance.newcomer import Newcomer, alike, changed, today
from net119_conformance.paper_forms import address_of, registered_on_paper
from net119_conformance.purpose import purpose
from net119_conformance.purposes.paper import form, paper
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

UNION = "chita-nanbu"
TAKEN = "taken"
NEW_PHONE = OptionalData(phone="0000-77-0001", fax="0000-12-3457")


def change_form(record: RegistrationRecord, application: Application, **says: Any) -> PaperChange:
    """The change form of the person on record, as it came in today."""
    data = record.application.data
    told: dict[str, Any] = {
        "version": record.version,
        "last_filed": LastFiled(name=data.name, birth_date=data.birth_date, mail=data.mail),
        "application": application,
        "received_on": today(),
    }
    return PaperChange(**{**told, **says})


async def _filed(staff: Staff, record: RegistrationRecord, entered: PaperChange | Withdraw) -> str:
    """What became of a form: taken, or the code of the refusal."""
    try:
        if isinstance(entered, PaperChange):
            await staff.key_in_change(record.registrant_id, entered)
        else:
            await staff.withdraw(record.registrant_id, entered)
    except CallRefused as refusal:
        return refusal.code.value
    except UnexpectedAnswer as wrong:
        return f"unexpected answer: {wrong}"
    return TAKEN


def _refused(t: Trial, name: str, seen: str, ja: str) -> None:
    wanted = Refusal.INVALID.value
    t.check(name, seen == wanted, expected=wanted, seen=seen, ja=ja)


@purpose(
    id="FORM-CHANGE",
    requirements=("CNB-05", "CNB-44", "CNB-50"),
    interfaces="C",
    role=Role.REGISTRATION,
    needs=Needs(profile=UNION),
    timeout_s=60.0,
    title_ja="変更申請書は、最後に届けた本人情報と一致するときだけ受け付けられ、変わる項目だけを変える",
    title_en="A change form is taken only if it matches the identity last filed, and changes only "
    "what it names",
    stimulus_ja="登録番号のある登録に、氏名、生年月日、メールアドレスがそれぞれ違う変更申請書を入力する。次に、氏名と電話番号を"
    "変える正しい申請書を入力し、承認する。以前の氏名の申請書と、機種変更だけの申請書を入力する。",
    stimulus_en="For a registration with a number, change forms with another name, date of birth "
    "and mail address are keyed in; then a right one that changes name and telephone, which is "
    "approved; then one with the former name, and one that says no more than a new device.",
    expected_ja="違う申請書は断られる。正しい申請書は、変更前と変更後が項目ごとに示されて審査を待ち、承認すると、その項目だけが"
    "変わる。以前の氏名は断られ、機種変更だけの申請書は受け付けられる。登録は番号で探し出せる。",
    expected_en="The wrong ones are refused. The right one waits for review with each item before "
    "and after, and its approval changes these items alone. The former name is refused, the new "
    "device alone is taken. The registration is found by its number.",
    why_ja="取り違えた申請書で登録が変わると、別の人の家へ出動する。",
    why_en="A form entered for the wrong person sends crews to somebody else's home.",
)
async def change(t: Trial, w: World) -> None:
    staff = await w.staff()
    number = f"{w.home.municipality}-12"
    said = form(w, mail=address_of(w, "form"))
    entered = await staff.key_in(paper(said, number=number))
    record = await staff.decide(await staff.record(entered), Decision.APPROVE)
    found = [row.registrant_id for row in await staff.rows(query=number)]
    t.check(
        "the registration is found by its number",
        found == [entered] and record.number == number,
        expected=f"{entered}, number {number}",
        seen=(found, record.number),
        ja="登録を番号で探し出せる",
    )
    renamed = changed(said, name="渡辺　変子", optional=NEW_PHONE)
    right = change_form(record, renamed)
    filed = right.last_filed
    for item, ja, other in (
        ("name", "氏名", {"name": "別の　人"}),
        ("date of birth", "生年月日", {"birth_date": filed.birth_date + timedelta(days=1)}),
        ("mail address", "メールアドレス", {"mail": address_of(w, "another")}),
    ):
        wrong = right.model_copy(update={"last_filed": filed.model_copy(update=other)})
        _refused(
            t,
            f"a form with another {item} is refused",
            await _filed(staff, record, wrong),
            f"{ja}の違う申請書が断られる",
        )
    early = right.model_copy(update={"received_on": today() + timedelta(days=2)})
    _refused(
        t,
        "a form received in the future is refused",
        await _filed(staff, record, early),
        "先の日付の申請書が断られる",
    )
    outcome = await _filed(staff, record, right)
    t.require(f"the right form is taken ({outcome})", outcome == TAKEN)
    pending = await staff.record(entered)
    before_after = {(each.path, each.before, each.after) for each in pending.changes}
    wanted = {
        ("data.name", said.data.name, "渡辺　変子"),
        ("data.optional.phone", "0000-12-3456", "0000-77-0001"),
    }
    t.check(
        "each item that changes is shown before and after, and no other",
        pending.state is RegistrationState.CHANGE_PENDING and before_after == wanted,
        expected=sorted(wanted),
        seen=sorted(before_after),
        ja="変わる項目だけが、変更前と変更後で示される",
    )
    t.check(
        "until the review the record is as it was",
        alike(pending.application, said),
        expected=said.data.name,
        seen=pending.application.data.name,
        ja="審査までは登録が変わらない",
    )
    approved = await staff.decide(pending, Decision.APPROVE)
    t.check(
        "the approval changes these items alone",
        alike(approved.application, renamed),
        expected=renamed,
        seen=approved.application,
        ja="承認すると、その項目だけが変わる",
    )
    _refused(
        t,
        "a form with the former name is refused",
        await _filed(staff, approved, change_form(approved, renamed, last_filed=filed)),
        "以前の氏名の申請書が断られる",
    )
    device = change_form(approved, renamed, device_changed=True)
    outcome = await _filed(staff, approved, device)
    waiting = await staff.record(entered)
    t.check(
        "a form that says no more than a new device is taken",
        outcome == TAKEN and waiting.state is RegistrationState.CHANGE_PENDING,
        expected=(TAKEN, RegistrationState.CHANGE_PENDING.value),
        seen=(outcome, waiting.state.value),
        ja="機種変更だけの申請書が受け付けられる",
    )


@purpose(
    id="FORM-WITHDRAWAL",
    requirements=("CNB-05", "CNB-44", "CNB-50"),
    interfaces="AC",
    role=Role.REGISTRATION,
    needs=Needs(profile=UNION),
    timeout_s=60.0,
    title_ja="利用廃止申請書は、署名があるときだけ受け付けられ、登録を終える",
    title_en="A withdrawal form is taken only if signed, and ends the registration",
    stimulus_ja="署名のない利用廃止申請書と、受付日が先の日付のものを入力する。次に署名のあるものを、利用をやめる人と"
    "転出で条件を満たさなくなった人の分、入力する。やめた人がログインを試みる。",
    stimulus_en="A withdrawal form without signature and one received in the future are keyed in; "
    "then signed ones of a person who ends the use and of one who moves away. The first tries to "
    "log in.",
    expected_ja="はじめの二つは断られ、登録は続く。署名のあるものは、審査なしに登録を終え、書類の番号が記録に残る。"
    "ログインは断られる。",
    expected_en="The first two are refused and the registration goes on. The signed ones end it "
    "without a review, and the form's number is on record. The log-in is refused.",
    why_ja="署名のない書類で登録を終えると、本人の知らないうちに通報できなくなる。",
    why_en="Ended by an unsigned form, a person finds out in an emergency.",
)
async def withdrawal(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = await registered_on_paper(w, staff, paper(form(w, mail=address_of(w, "leaving"))))
    record = person.record
    signed = Withdraw(version=record.version, signed=True, received_on=today(), number="廃第5号")
    for name, ja, wrong in (
        (
            "an unsigned form is refused",
            "署名のない申請書が断られる",
            signed.model_copy(update={"signed": False}),
        ),
        (
            "a form received in the future is refused",
            "先の日付の申請書が断られる",
            signed.model_copy(update={"received_on": today() + timedelta(days=2)}),
        ),
    ):
        _refused(t, name, await _filed(staff, record, wrong), ja)
    kept = await staff.record(record.registrant_id)
    t.check(
        "a refused form ends nothing",
        kept.state is RegistrationState.APPROVED,
        expected=RegistrationState.APPROVED.value,
        seen=kept.state.value,
        ja="断られた申請書では登録が終わらない",
    )
    moved = await staff.key_in(paper(form(w, mail=address_of(w, "moving"))))
    away = await staff.decide(await staff.record(moved), Decision.APPROVE)
    leaving = signed.model_copy(update={"version": away.version, "note": "転出"})
    for known, entered, en, ja in (
        (record, signed, "a person who ends the use", "利用をやめる人"),
        (away, leaving, "a person who moves away", "転出する人"),
    ):
        outcome = await _filed(staff, known, entered)
        ended = await staff.record(known.registrant_id)
        t.check(
            f"the signed form of {en} ends the registration",
            outcome == TAKEN and ended.state is RegistrationState.STOPPED,
            expected=(TAKEN, RegistrationState.STOPPED.value),
            seen=(outcome, ended.state.value),
            ja=f"{ja}の署名のある申請書で登録が終わる",
        )
        t.check(
            f"the form of {en} is on record by its number",
            any("廃第5号" in each.detail for each in ended.history),
            expected="廃第5号",
            seen=[(each.what, each.detail) for each in ended.history],
            ja=f"{ja}の申請書が番号で記録に残る",
        )
    try:
        await w.handset(person.registered)
    except CallRefused as refusal:
        seen = refusal.code.value
    else:
        seen = "logged in"
    t.check(
        "the log-in no longer works",
        seen == Refusal.NOT_AUTHENTICATED.value,
        expected=Refusal.NOT_AUTHENTICATED.value,
        seen=seen,
        ja="ログインできない",
    )


@purpose(
    id="NOTIFY-BY-URL",
    requirements=("ASO-25",),
    interfaces="ACM",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso"),
    timeout_s=60.0,
    title_ja="登録者は、登録内容の変更、端末の変更、利用の廃止を、自分で届け出られる",
    title_en="Registrants notify changes of data and of device, and the end of use, themselves",
    stimulus_ja="登録者が、メールで届いたURLから、住所の変更、端末の変更、利用の廃止を順に届け出る。職員が変更を承認する。",
    stimulus_en="By mailed URLs a registrant notifies a change of address, a change of device and "
    "the end of use. Staff approve the changes.",
    expected_ja="変更は、変わる項目だけが変更前と変更後で職員に示され、承認すると登録に反映される。廃止で登録が終わる。",
    expected_en="Staff are shown the items that change, and no other, before and after; approved, "
    "they are in the record. The end of use ends the registration.",
    why_ja="変更を届け出る手段がなければ、古い住所に出動することになる。",
    why_en="Where there is no way to tell, crews go to the old address.",
)
async def by_url(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    account = await person.logged_in(staff)
    first = person.application
    street = first.data.address.model_copy(update={"street": "新しい町1丁目2番3号"})
    moved = changed(first, address=street)
    renewed = changed(moved, device="タブレット（見本社）")
    for name, ja, path, application in (
        ("the address", "住所", "data.address.street", moved),
        ("the device", "端末", "data.device", renewed),
    ):
        await person.open(await person.account_url(account))
        hand = await person.hand()
        await hand.fill(application)
        wrong = await hand.submit()
        t.require(f"the change of {name} is taken {wrong}", not wrong)
        pending = await person.record(staff)
        paths = [each.path for each in pending.changes]
        t.check(
            f"staff are shown that {name} changes, and nothing else",
            paths == [path],
            expected=[path],
            seen=paths,
            ja=f"{ja}だけが変わると職員に示される",
        )
        record = await staff.decide(pending, Decision.APPROVE)
        kept = record.application.data
        t.check(
            f"once approved, the new {name.removeprefix('the ')} is in the record",
            (kept.address.street, kept.device)
            == (application.data.address.street, application.data.device),
            expected=(application.data.address.street, application.data.device),
            seen=(kept.address.street, kept.device),
            ja=f"承認すると、新しい{ja}が登録にある",
        )
        if application is moved:
            continue
        # In Aso a change of device ends what the old one had, its log-in too (ASO-12).
        await account.log_in()
    await person.open(await person.account_url(account))
    await (await person.hand()).stop()
    ended = await person.record(staff)
    t.check(
        "the end of use ends the registration",
        ended.state is RegistrationState.STOPPED,
        expected=RegistrationState.STOPPED.value,
        seen=ended.state.value,
        ja="利用の廃止で登録が終わる",
    )
