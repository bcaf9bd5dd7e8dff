"""What the paper form asks besides: kept as written, and shown when its registrant calls."""

from collections.abc import Mapping
from dataclasses import dataclass

from net119_protocol.api.records import RegistrationRecord
from net119_protocol.application import Application, Guardian
from net119_protocol.person import (
    Contact,
    DeviceKind,
    FrequentPlace,
    Medical,
    OptionalData,
    RegistrantData,
    Rh,
)

from net119_conformance.catalogue import Role
from net119_conformance.paper_forms import address_of, registered_on_paper
from net119_conformance.purpose import purpose
from net119_conformance.purposes.paper import PROFILE, form, paper
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

PHONES = OptionalData(phone="0000-12-3456", fax="0000-12-3457")


@dataclass(frozen=True)
class Item:
    """An item of the form, by its path in the data, with its name in both languages."""

    path: str
    en: str
    ja: str


def _at(data: object, path: str) -> object:
    """What stands at a dotted path; ``None`` where the way to it ends."""
    for name in path.split("."):
        data = getattr(data, name, None)
    return data


def _compare(
    t: Trial,
    where: str,
    where_ja: str,
    seen: RegistrantData | None,
    written: Mapping[Item, object],
) -> None:
    """Check each item, one by one, against what was written into the form."""
    for item, wanted in written.items():
        found = _at(seen, item.path)
        t.check(
            f"{item.en} {where}",
            found == wanted,
            expected=wanted,
            seen=found,
            ja=f"{item.ja}{where_ja}",
        )


async def _kept_and_shown(
    t: Trial, w: World, application: Application, written: Mapping[Item, object]
) -> RegistrationRecord:
    """Register by paper, read the record, call, and look at the console; the record."""
    staff, console = await w.staff(), await w.console()
    person = await registered_on_paper(w, staff, paper(application))
    record = await staff.record(person.record.registrant_id)
    _compare(t, "is in the record", "が登録にある", record.application.data, written)
    call = await w.call_from(await w.handset(person.registered), w.home)
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
        _compare(t, "is shown with the call", "が通報とともに示される", shown.registrant, written)
    return record


@purpose(
    id="PAPER-SCENE",
    requirements=("CNB-18", "CNB-48"),
    interfaces="CMA",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE),
    title_ja="現場で役立つ任意の項目が、書かれたとおりに残り、通報時に示される",
    title_en="Optional items for the scene are kept as written and shown with a call",
    stimulus_ja="部屋番号、オートロック、聞こえる人がいない、手話ができる、筆談ができない、備考、端末の種別を書いた"
    "申請書を入力し、承認する。本人が通報する。保護者と、ほかの端末の種別を書いた申請書も入力する。",
    stimulus_en="A form that gives flat, auto-lock, nobody at home who hears, sign language, no "
    "writing, remarks and the kind of device is keyed in and approved, and its registrant calls. "
    "Forms with a guardian and with the other kinds of device are keyed in, too.",
    expected_ja="どの項目も、書かれたとおりに登録と指令台にある。「いない」「できない」も、無回答とは区別される。"
    "保護者とどの端末の種別も登録にある。",
    expected_en="Every item is in the record and at the console as written; a “no” is not taken "
    "for no answer. The guardian and each kind of device are in the record.",
    why_ja="「筆談ができない」と「書いていない」では、現場での伝え方がまるで違う。",
    why_en="A crew works quite differently with somebody who cannot write than with somebody who "
    "did not say.",
)
async def scene(t: Trial, w: World) -> None:
    told = PHONES.model_copy(
        update={
            "hearing_person_at_home": False,
            "sign_language": True,
            "writing": False,
            "remarks": "玄関の呼び鈴は聞こえない。戸を二度たたく",
        }
    )
    plain = form(w, mail=address_of(w, "scene"))
    home = plain.data.address.model_copy(
        update={"flat": "203号室", "auto_lock": "あり。203を押して呼び出す"}
    )
    changes = {"address": home, "optional": told, "device_kind": DeviceKind.SMARTPHONE}
    application = plain.model_copy(update={"data": plain.data.model_copy(update=changes)})
    written = {
        Item("address.flat", "the flat", "部屋番号"): "203号室",
        Item("address.auto_lock", "the auto-lock", "オートロック"): "あり。203を押して呼び出す",
        Item(
            "optional.hearing_person_at_home", "that nobody at home hears", "聞こえる人がいないこと"
        ): False,
        Item("optional.sign_language", "that the person signs", "手話ができること"): True,
        Item("optional.writing", "that the person does not write", "筆談ができないこと"): False,
        Item("optional.remarks", "the remark", "備考"): told.remarks,
        Item("device_kind", "the kind of device", "端末の種別"): DeviceKind.SMARTPHONE,
    }
    await _kept_and_shown(t, w, application, written)
    staff = await w.staff()
    parent = Guardian(name="髙橋　一郎", kana="タカハシ　イチロウ", relation="父")
    for kind in (DeviceKind.MOBILE_PHONE, DeviceKind.OTHER):
        other = form(w, mail=address_of(w, kind.value), device_kind=kind)
        other = other.model_copy(update={"guardian": parent})
        record = await staff.record(await staff.key_in(paper(other, guardian_signed=True)))
        seen = record.application.data.device_kind
        t.check(
            f"the kind of device {kind.value} is in the record",
            seen is kind,
            expected=kind.value,
            seen=seen,
            ja=f"端末の種別「{kind.value}」が登録にある",
        )
        t.check(
            f"the guardian on the form for {kind.value} is in the record",
            record.application.guardian == parent,
            expected=parent,
            seen=record.application.guardian,
            ja=f"端末「{kind.value}」の申請書の保護者が登録にある",
        )


@purpose(
    id="PAPER-CONTACTS-PLACES",
    requirements=("CNB-19", "CNB-22", "CNB-49"),
    interfaces="CMA",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE),
    title_ja="緊急連絡先二件とよく行く場所三件が、すべての欄と順序のまま残り、通報時に示される",
    title_en="Two contacts and three places are kept with every item and in order, and shown",
    stimulus_ja="緊急連絡先二件とよく行く場所三件のすべての欄を埋めた申請書を入力し、承認する。本人が通報する。",
    stimulus_en="A form with every item of two emergency contacts and three frequent places is "
    "keyed in and approved; its registrant calls.",
    expected_ja="連絡先も場所も、書かれたとおり、書かれた順に、登録と指令台にある。",
    expected_en="Contacts and places are in the record and at the console as written and in the "
    "order in which they were written.",
    why_ja="連絡が取れなくなったとき、第1連絡先から順に居場所を尋ねる。",
    why_en="When the caller falls silent, the first contact is the first to be asked where they "
    "are.",
)
async def contacts_places(t: Trial, w: World) -> None:
    # The second comes first by name, kana and number: an order of anybody's own would show.
    first = Contact(
        name="渡辺　ゆき",
        kana="ワタナベ　ユキ",
        relation="姉",
        phone="0000-98-7654",
        fax="0000-98-7655",
        mail="yuki@contact.example",
        address="愛知県半田市見本町9番地",
        remarks="夜は出られる",
    )
    second = Contact(
        name="青木　太一",
        kana="アオキ　タイチ",
        relation="隣人",
        phone="0000-11-1111",
        fax="0000-11-1112",
        mail="taichi@contact.example",
        address="愛知県美浜町見本1番地",
        remarks="手話ができる",
    )
    places = (
        FrequentPlace(label="勤務先", address="愛知県武豊町見本3番地", note="裏口から入る"),
        FrequentPlace(label="図書館", address="愛知県美浜町見本2番地", note="火曜日の午後"),
        FrequentPlace(label="畑", address="愛知県美浜町見本1番地", note="住所の北100m"),
    )
    told = PHONES.model_copy(update={"contacts": (first, second), "frequent_places": places})
    written = {
        Item("optional.contacts", "the pair of contacts, in its order,", "二件の連絡先"): (
            first,
            second,
        ),
        Item(
            "optional.frequent_places", "the list of three places, in its order,", "三件の場所"
        ): places,
    }
    application = form(w, mail=address_of(w, "contacts"), optional=told)
    await _kept_and_shown(t, w, application, written)


@purpose(
    id="PAPER-MEDICAL",
    requirements=("CNB-23", "CNB-49"),
    interfaces="CMA",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE),
    title_ja="医療情報が、RHと担当医まで書かれたとおりに残り、通報時に示される",
    title_en="Medical data are kept as written, Rh and doctor included, and shown with a call",
    stimulus_ja="血液型、RH、持病、常用薬、アレルギー、医療機関、担当医を書いた申請書を入力し、承認する。"
    "本人が通報する。",
    stimulus_en="A form with blood type, Rh, history, medication, allergy, hospital and doctor is "
    "keyed in and approved; its registrant calls.",
    expected_ja="どの項目も、書かれたとおりに登録と指令台にある。",
    expected_en="Every item is in the record and at the console as written.",
    why_ja="救急隊はこの情報で搬送先を選ぶ。",
    why_en="By these data the crew chooses the hospital.",
)
async def medical(t: Trial, w: World) -> None:
    health = Medical(
        blood_type="AB",
        rh=Rh.NEGATIVE,
        history="てんかん（2011年から）",
        medication="バルプロ酸ナトリウム 200mg 1日2回",
        allergy="ペニシリン、そば",
        hospital="見本総合病院",
        doctor="内科 見本医師",
    )
    told = PHONES.model_copy(update={"medical": health})
    names = {
        "blood_type": ("the blood type", "血液型"),
        "rh": ("the Rh type", "RH"),
        "history": ("the history", "持病（既往）"),
        "medication": ("the medication", "常用薬"),
        "allergy": ("the allergy", "アレルギー"),
        "hospital": ("the hospital", "医療機関"),
        "doctor": ("the doctor", "担当医"),
    }
    written = {
        Item(f"optional.medical.{name}", en, ja): getattr(health, name)
        for name, (en, ja) in names.items()
    }
    application = form(w, mail=address_of(w, "medical"), optional=told)
    await _kept_and_shown(t, w, application, written)
