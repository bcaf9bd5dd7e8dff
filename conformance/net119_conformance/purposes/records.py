"""Registrations and their records: cancelling, and who looked at what."""

from net119_protocol.api.records import Decision
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Kind, PlaceChoice, Refusal
from net119_simulators.errors import CallRefused, UnexpectedAnswer

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Handset
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import Registered, World

REASON = "転居により対象でなくなったため"


async def _log_in(w: World, who: Registered) -> str:
    try:
        await w.handset(who)
    except CallRefused as refusal:
        return refusal.code.value
    except UnexpectedAnswer as wrong:
        return str(wrong)
    return "logged in"


async def _call(w: World, phone: Handset) -> str:
    try:
        await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=w.fix_at(w.home))
    except CallRefused as refusal:
        return refusal.code.value
    except UnexpectedAnswer as wrong:
        return str(wrong)
    return "taken"


@purpose(
    id="RECORD-CANCELLED",
    requirements=("CNB-06", "ASO-26"),
    interfaces="AC",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso"),
    title_ja="消防本部は登録を取り消せ、取り消された人は通報できない",
    title_en="The department can cancel a registration, which then calls no more",
    stimulus_ja="登録した人がログインする。職員が、はじめ理由なしで、次に理由を付けて登録を取り消す。"
    "その人がそのまま通報し、またログインを試みる。",
    stimulus_en="A registrant logs in. Staff cancel the registration, first without a reason, then "
    "with one. The person calls with the session they have, and tries to log in again.",
    expected_ja="理由のない取消しは断られる。取消しの後は、通報もログインもできず、読み直した記録に取消しと理由がある。",
    expected_en="Without a reason it is refused. Afterwards neither call nor log-in succeeds, and "
    "the record, read anew, shows the cancellation with its reason.",
    why_ja="取り消したはずの人の通報が受け付けられると、古い住所へ出動する。",
    why_en="A registration that only seems cancelled sends crews to an outdated address.",
)
async def cancelled(t: Trial, w: World) -> None:
    who = await w.register()
    staff = await w.staff()
    phone = await w.handset(who)
    (row,) = await staff.rows(query=who.credentials.login_id)
    t.require("the registration is approved", row.state is RegistrationState.APPROVED)
    try:
        await staff.decide(row, Decision.CANCEL)
    except CallRefused as refusal:
        seen = refusal.code.value
    else:
        seen = "done"
    t.check(
        "a cancellation without a reason is refused",
        seen == Refusal.INVALID.value,
        expected=Refusal.INVALID.value,
        seen=seen,
        ja="理由のない取消しが断られる",
    )
    await staff.decide(row, Decision.CANCEL, REASON)
    record = await staff.record(row.registrant_id)
    t.check(
        "the record shows the cancellation and its reason",
        record.state is RegistrationState.CANCELLED and record.reason == REASON,
        expected=f"cancelled: {REASON}",
        seen=f"{record.state.value}: {record.reason}",
        ja="記録に取消しと理由がある",
    )
    called = await _call(w, phone)
    refused = {Refusal.NOT_AUTHENTICATED.value, Refusal.REGISTRANT_REFUSED.value}
    t.check(
        "a call with the old session is refused",
        called in refused,
        expected=sorted(refused),
        seen=called,
        ja="取り消された人の通報が断られる",
    )
    again = await _log_in(w, who)
    t.check(
        "the log-in no longer works",
        again == Refusal.NOT_AUTHENTICATED.value,
        expected=Refusal.NOT_AUTHENTICATED.value,
        seen=again,
        ja="ログインできない",
    )


@purpose(
    id="RECORD-ACCESS-LOGGED",
    derived=("CNB-40",),
    interfaces="C",
    role=Role.REGISTRATION,
    needs=Needs(profile="chita-nanbu"),
    title_ja="登録情報を見たことが、見た人と目的とともに残る",
    title_en="Reading a registration leaves an entry with the reader and the purpose",
    stimulus_ja="職員が一人の登録情報を、目的を告げて見る。それぞれがログインできるときは、別の職員も別の目的で"
    "見る。別の人の登録情報は見ない。監査の記録を読む。",
    stimulus_en="A staff member reads one person's registration for a stated purpose; where each "
    "logs in apart, a second one reads it for another. Nobody else's is read. Then the audit log "
    "is read.",
    expected_ja="見た人それぞれの名前と目的のある記録が一件ずつあり、見なかった人を見た記録はない。",
    expected_en="There is one entry for each reader, with name and purpose; none says that "
    "the other person's registration was read.",
    why_ja="個人情報は保守と記録のためにだけ見てよい。",
    why_en="Personal data may be looked at for maintenance and records only.",
)
async def access_logged(t: Trial, w: World) -> None:
    seen_person, other = await w.register(), await w.register()
    staff = await w.staff()
    purpose_said = "住所の確認"
    wanted = seen_person.credentials.registrant_id
    await staff.record(wanted, purpose_said)
    others = "電話番号の確認"
    if w.driver.staff_log_in_apart:
        await (await w.staff()).record(wanted, others)
    entries = await staff.accesses(wanted)
    reads = [entry for entry in entries if entry.purpose == purpose_said]
    t.check(
        "the reading is on record with its purpose",
        len(reads) == 1 and reads[0].registrant_id == wanted,
        expected=f"one entry for {purpose_said}",
        seen=[(entry.action, entry.purpose) for entry in entries],
        ja="目的とともに記録がある",
    )
    t.check(
        "the entry names the reader",
        bool(reads) and bool(reads[0].actor.strip()),
        expected="the name of the staff member",
        seen=[entry.actor for entry in reads],
        ja="見た人の名前が記録にある",
    )
    if w.driver.staff_log_in_apart:
        named = [entry.actor for entry in entries if entry.purpose in (purpose_said, others)]
        t.check(
            "two readers are on record as two people",
            len(named) == 2 and len(set(named)) == 2 and all(each.strip() for each in named),
            expected="two names",
            seen=named,
            ja="二人が見たときは、二人の別の名が記録にある",
        )
    unread = [
        entry
        for entry in await staff.accesses(other.credentials.registrant_id)
        if entry.action == "read"
    ]
    t.check(
        "nothing says that the other registration was read",
        not unread,
        expected="no entry",
        seen=[(entry.action, entry.purpose) for entry in unread],
        ja="見なかった登録情報に、見た記録がない",
    )
