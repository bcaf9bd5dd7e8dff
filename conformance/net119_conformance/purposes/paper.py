"""Paper forms keyed in by the department's staff, as Chita-Nanbu registers people."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from net119_protocol.api.records import PaperApplication
from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application, Basis, Guardian
from net119_protocol.codes import Refusal
from net119_protocol.person import OptionalData
from net119_protocol.profile.load import load_profiles
from net119_simulators.errors import CallRefused, UnexpectedAnswer

from net119_conformance.catalogue import Role
from net119_conformance.drivers.staff import Staff
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

PROFILE = "chita-nanbu"
TAKEN = "taken"


def today() -> date:
    """The day it is in Japan."""
    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Tokyo")).date()


def form(w: World, **changes: Any) -> Application:
    """A complete form of somebody who lives in the department's area, with changes to its data."""
    data = w.person().model_copy(
        update={
            "birth_date": date(1980, 5, 5),
            "disability": "聴覚障害 2級",
            # The union's form does not ask for one.
            "reason": "",
            "device": "スマートフォン",
            "optional": OptionalData(phone="0000-12-3456", fax="0000-12-3457"),
            **changes,
        }
    )
    return Application(data=data, basis=Basis.LIVES, certificate=True)


def paper(application: Application, **changes: Any) -> PaperApplication:
    """The form as it came in today, with a signed consent."""
    said: dict[str, Any] = {
        "application": application,
        "consent_signed": True,
        "received_on": today(),
        "terms_version": load_profiles()[PROFILE].terms.version,
        "number": "第1号",
    }
    return PaperApplication(**{**said, **changes})


async def outcome(staff: Staff, entered: PaperApplication) -> tuple[str, str]:
    """What became of a form: taken, or the code of the refusal; and the field it names."""
    try:
        await staff.key_in(entered)
    except CallRefused as refusal:
        return refusal.code.value, f"{refusal.problem.field} {refusal.problem.detail}"
    except UnexpectedAnswer as wrong:
        return "unexpected answer", str(wrong)
    return TAKEN, ""


async def _refused(
    t: Trial, staff: Staff, name: str, entered: PaperApplication, field: str, ja: str
) -> None:
    """Check that a form is refused, and that the refusal names the field."""
    code, named = await outcome(staff, entered)
    t.check(
        name,
        code == Refusal.INVALID.value and field in named,
        expected=f"{Refusal.INVALID.value}, naming {field}",
        seen=f"{code} {named}",
        ja=ja,
    )


async def _taken(t: Trial, staff: Staff, name: str, entered: PaperApplication, ja: str) -> None:
    code, named = await outcome(staff, entered)
    t.check(name, code == TAKEN, expected=TAKEN, seen=f"{code} {named}", ja=ja)


@purpose(
    id="PAPER-REQUIRED-ITEMS",
    requirements=("CNB-17",),
    interfaces="C",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE),
    title_ja="必須の項目が欠けた登録申請書は受け付けない",
    title_en="A form without a required item is not taken",
    stimulus_ja="フリガナ、端末の種別、障害の内容、電話番号、FAX番号を一つずつ欠いた申請書を職員が入力し、"
    "最後にすべてそろった申請書を入力する。",
    stimulus_en="Staff key in forms that lack the kana, the kind of device, the disability, the "
    "telephone and the fax number in turn, and at last a complete one.",
    expected_ja="欠けた申請書は、欠けた項目の名前とともに断られる。そろった申請書は受け付けられる。",
    expected_en="Each incomplete form is refused with the name of the item; the complete one is "
    "taken.",
    why_ja="出動した隊は、ここで登録された情報だけを頼りにする。",
    why_en="What is registered here is all that a crew on its way knows of the caller.",
)
async def required_items(t: Trial, w: World) -> None:
    staff = await w.staff()
    full = OptionalData(phone="0000-12-3456", fax="0000-12-3457")
    lacking: tuple[tuple[str, Mapping[str, Any], str, str], ...] = (
        ("kana", {"kana": ""}, "data.kana", "フリガナ"),
        ("device", {"device": ""}, "data.device", "端末の種別"),
        ("disability", {"disability": ""}, "data.disability", "障害の内容"),
        (
            "phone",
            {"optional": full.model_copy(update={"phone": None})},
            "data.optional.phone",
            "電話番号",
        ),
        (
            "fax",
            {"optional": full.model_copy(update={"fax": None})},
            "data.optional.fax",
            "FAX番号",
        ),
    )
    for item, changes, field, ja in lacking:
        name = f"a form without {item} is refused"
        await _refused(
            t, staff, name, paper(form(w, **changes)), field, f"{ja}のない申請書が断られる"
        )
    await _taken(
        t, staff, "a complete form is taken", paper(form(w)), "そろった申請書が受け付けられる"
    )


@purpose(
    id="PAPER-MAIL-ADDRESS",
    requirements=("CNB-16",),
    interfaces="C",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE),
    title_ja="登録できるメールアドレスの決まりを守る",
    title_en="The rule on mail addresses is kept",
    stimulus_ja="使えるアドレスと使えないアドレスの申請書を順に入力する。",
    stimulus_en="Forms with addresses that the rule allows and forbids are keyed in, one by one.",
    expected_ja="英数字と . - _ 以外の文字、ピリオドの連続、@直前のピリオドは断られ、"
    "ほかは受け付けられる。",
    expected_en="Other characters than letters, digits and . - _, two periods in a row and a "
    "period right before the @ are refused; all else is taken.",
    why_ja="届かないアドレスで登録すると、呼び返しメールが届かない。",
    why_en="To an address that mail cannot reach, no callback mail will ever get.",
)
async def mail_address(t: Trial, w: World) -> None:
    staff = await w.staff()
    table = (
        ("hanako.y", True),
        ("a-b_c.9", True),
        ("a--b", True),
        (".a", True),
        ("a..b", False),
        ("a.", False),
        ("a+b", False),
        ("a/b", False),
    )
    for number, (local, allowed) in enumerate(table):
        entered = paper(form(w, mail=f"{local}@m{number}.{w.home.mail_domain}"))
        if allowed:
            name = f"the address {local}@ is taken"
            await _taken(t, staff, name, entered, f"アドレス {local}@ が受け付けられる")
        else:
            name = f"the address {local}@ is refused"
            await _refused(t, staff, name, entered, "data.mail", f"アドレス {local}@ が断られる")


@purpose(
    id="PAPER-CONSENT",
    requirements=("CNB-03",),
    interfaces="C",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE),
    title_ja="承諾の署名のある申請書を職員が入力し、審査を待つ",
    title_en="Staff key in a form with signed consent; it then waits for review",
    stimulus_ja="承諾の署名のない申請書と、受付日が先の日付の申請書を入力する。署名のある申請書を入力し、"
    "申請の一覧を見る。",
    stimulus_en="A form without signed consent and one received in the future are keyed in; then "
    "one with consent, and the list of applications is read.",
    expected_ja="はじめの二つは断られる。三つ目は審査待ちとして一覧にあり、職員が入力したものと記されている。",
    expected_en="The first two are refused; the third is in the list as waiting for review, keyed "
    "in by staff.",
    why_ja="本人の承諾がなければ、登録も情報の利用もできない。",
    why_en="Without the person's consent nothing may be registered or used.",
)
async def consent(t: Trial, w: World) -> None:
    staff = await w.staff()
    unsigned = paper(form(w), consent_signed=False)
    name = "a form without signed consent is refused"
    await _refused(t, staff, name, unsigned, "consent", "署名のない申請書が断られる")
    tomorrow = paper(form(w), received_on=today() + timedelta(days=2))
    name = "a form received in the future is refused"
    await _refused(t, staff, name, tomorrow, "received_on", "先の日付の申請書が断られる")
    signed = paper(form(w))
    entered = t.require("the signed form is taken", await staff.key_in(signed))
    waiting = await staff.rows(RegistrationState.APPLIED)
    seen = [row for row in waiting if row.registrant_id == entered]
    t.check(
        "the signed form waits for review",
        len(seen) == 1 and seen[0].name == signed.application.data.name,
        expected=f"{signed.application.data.name}, once, in state applied",
        seen=[(row.name, row.state.value) for row in waiting],
        ja="署名のある申請書が審査を待っている",
    )
    t.check(
        "it is marked as keyed in by staff",
        bool(seen) and seen[0].keyed_in,
        expected=True,
        seen=[row.keyed_in for row in seen],
        ja="職員が入力したことが記されている",
    )
    t.check(
        "the refused forms are not in the list",
        len(waiting) == 1,
        expected=1,
        seen=len(waiting),
        ja="断られた申請書は一覧にない",
    )


@purpose(
    id="PAPER-GUARDIAN",
    requirements=("CNB-47",),
    interfaces="C",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE),
    title_ja="未成年者の申請書には保護者の記入と署名を求める",
    title_en="A minor's form needs a guardian who applies and signs",
    stimulus_ja="あさって18歳になる人の申請書を、保護者なし、保護者の署名なし、署名ありの順に入力する。"
    "きょう18歳になった人の申請書を保護者なしで入力する。",
    stimulus_en="The form of a person who turns 18 in two days is keyed in without a guardian, "
    "without the guardian's signature, and with both; then that of a person who turns 18 today, "
    "without a guardian.",
    expected_ja="はじめの二つは断られ、あとの二つは受け付けられる。",
    expected_en="The first two are refused, the other two are taken.",
    why_ja="未成年者の申請者は保護者である。",
    why_en="For a minor, the guardian is the applicant.",
)
async def guardian(t: Trial, w: World) -> None:
    staff = await w.staff()
    day = today()
    # Not tomorrow: Japanese law counts the day before a birthday both ways, and it may be midnight.
    young, grown = _born_18_years_before(day + timedelta(days=2)), _born_18_years_before(day)
    parent = Guardian(name="髙橋　一郎", kana="タカハシ　イチロウ", relation="父")
    alone = form(w, birth_date=young)
    name = "a minor's form without a guardian is refused"
    await _refused(
        t, staff, name, paper(alone), "guardian", "保護者のない未成年者の申請書が断られる"
    )
    with_parent = alone.model_copy(update={"guardian": parent})
    name = "a minor's form without the guardian's signature is refused"
    await _refused(
        t, staff, name, paper(with_parent), "guardian", "保護者の署名のない申請書が断られる"
    )
    signed = paper(with_parent, guardian_signed=True)
    await _taken(
        t,
        staff,
        "a minor's form signed by the guardian is taken",
        signed,
        "保護者の署名のある申請書が受け付けられる",
    )
    adult = paper(form(w, birth_date=grown))
    await _taken(
        t,
        staff,
        "the form of a person of 18 needs no guardian",
        adult,
        "18歳の人の申請書は保護者なしで受け付けられる",
    )


def _born_18_years_before(day: date) -> date:
    """The birthday, by the calendar, of somebody who turns 18 on that day."""
    try:
        return day.replace(year=day.year - 18)
    except ValueError:  # 29 February
        return date(day.year - 18, 3, 1) if day > today() else date(day.year - 18, 2, 28)


@purpose(
    id="PAPER-ELIGIBLE",
    requirements=("CNB-02",),
    interfaces="C",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE, sibling=True),
    title_ja="対象の地域に住む人と、特に認める人を登録する",
    title_en="People who live in the area are registered, and those specially accepted",
    stimulus_ja="地域に住む人、地域外に住む人、地域で働くだけの人、特別の必要で申請する人の申請書を入力する。",
    stimulus_en="Forms of a resident, of a person living elsewhere, of one who only works in the "
    "area, and of one who asks to be accepted for special need are keyed in.",
    expected_ja="住む人と特別の必要の人は受け付けられ、ほかの二人は断られる。",
    expected_en="The resident and the one with special need are taken, the other two refused.",
    why_ja="対象でない人を登録すると、本来の登録地の消防本部に通報が届かない。",
    why_en="A person registered with the wrong department is not known to the right one.",
)
async def eligible(t: Trial, w: World) -> None:
    staff = await w.staff()
    elsewhere = w.person(w.ground("sibling")).address
    await _taken(
        t, staff, "a resident's form is taken", paper(form(w)), "住民の申請書が受け付けられる"
    )
    name = "the form of a person living elsewhere is refused"
    outside = paper(form(w, address=elsewhere))
    await _refused(t, staff, name, outside, "municipality_code", "地域外に住む人の申請書が断られる")
    worker = form(w, address=elsewhere).model_copy(
        update={"basis": Basis.WORKS, "basis_municipality": w.home.municipality}
    )
    name = "the form of a person who only works there is refused"
    await _refused(t, staff, name, paper(worker), "basis", "地域で働くだけの人の申請書が断られる")
    special = form(w, address=elsewhere).model_copy(
        update={"basis": Basis.ACCEPTED, "certificate": None}
    )
    await _taken(
        t,
        staff,
        "the form of a person to be accepted is taken",
        paper(special),
        "特別の必要の申請書が受け付けられる",
    )
