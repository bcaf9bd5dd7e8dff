"""Handsets that cannot encrypt: served in plaintext with a mark, or refused with a reason."""

from net119_protocol.codes import Kind, LinkSecurity, PlaceChoice, Refusal
from net119_protocol.interconnect import MessageType
from net119_simulators.errors import CallRefused, UnexpectedAnswer

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.new_calls import NewCalls, no_other_came
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


def plaintext_offered(t: Trial, w: World) -> None:
    """End the purpose unless the SUT has a plaintext link."""
    t.require("the SUT has a plaintext link for handsets", w.handset_side().plaintext_url)


@purpose(
    id="PLAINTEXT-HOME",
    requirements=("ASO-17", "ASO-08", "ASO-18"),
    derived=("ASO-08",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, phones=True, profile="aso"),
    title_ja="平文の通報は管轄を検索されず、登録地消防本部に届き、平文の印が付く",
    title_en="A plaintext call is not searched for: it goes home, marked as plaintext",
    stimulus_ja="平文を認める消防本部の登録者が、模擬事業者の管内から、平文の端末で通報し、続けて同じ"
    "場所から暗号化された端末で通報する。",
    stimulus_en="A registrant of a department that allows plaintext calls from the peer's area "
    "over a plaintext link, and then from the same place over an encrypted one.",
    expected_ja="平文の通報は登録地消防本部に届き、模擬事業者に申し出られない。指令台には平文と示さ"
    "れる。暗号化された通報は模擬事業者に申し出られる。",
    expected_en="The plaintext call goes to the home department and is not offered to the peer; "
    "the console shows the mark. The encrypted call is offered to the peer.",
    why_ja="平文の位置は途中で書き換えられうる。管轄の検索は、暗号化され位置のある通報に限る。",
    why_en="A position in plaintext may have been changed on the way: only encrypted calls with a "
    "position are searched for.",
)
async def plaintext_home(t: Trial, w: World) -> None:
    plaintext_offered(t, w)
    console = await w.console()
    other = await w.peer()
    who = await w.register()
    phone = await w.plaintext_handset(who)
    call = await t.observe(
        "the plaintext call is taken",
        w.call_from(phone, w.ground("peer")),
        w.patience,
        expected="a call",
        refusals=(CallRefused,),
        ja="平文の通報が受け付けられる",
    )
    if call is None:
        return
    receiver = call.view.receiver.code if call.view.receiver else "none"
    t.check(
        "the plaintext call goes to the home department",
        receiver == w.home.department,
        expected=w.home.department,
        seen=receiver,
        ja="平文の通報が登録地消防本部に届く",
    )
    shown = await t.observe(
        "the home console shows the call",
        console.wait_for_call(call.id, w.patience),
        w.patience + 1,
        expected=f"call {call.id}",
        ja="指令台に通報が表示される",
    )
    if shown is not None:
        t.check(
            "the console marks it as plaintext",
            shown.link is LinkSecurity.PLAINTEXT,
            expected=LinkSecurity.PLAINTEXT.value,
            seen=shown.link.value,
            level=CheckLevel.DERIVED,
            ja="指令台に平文と示される",
        )
    encrypted = await w.call_from(await w.handset(who), w.ground("peer"))
    await t.observe(
        "the encrypted call from the same place is offered to the peer",
        other.expect(MessageType.CALL_OFFER, call_id=encrypted.id, within=w.patience),
        w.patience + 1,
        expected="call.offer",
        ja="同じ場所からの暗号化された通報は、模擬事業者に申し出られる",
    )
    # What was offered later has come: an offer of the plaintext call would have come before it.
    stray = other.find(MessageType.CALL_OFFER, call.id)
    t.check(
        "the plaintext call is not offered to the peer",
        not stray,
        expected="no call.offer",
        seen=[each.label for each in stray],
        ja="平文の通報は模擬事業者に申し出られない",
    )


@purpose(
    id="PLAINTEXT-REFUSED",
    requirements=("CNB-11",),
    derived=("ASO-08",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(phones=True, profile="chita-nanbu"),
    title_ja="平文を認めない消防本部では、平文の通報は理由つきで断られる",
    title_en="Where a department does not allow plaintext, such a call is refused with the reason",
    stimulus_ja="平文を認めない消防本部の登録者が、平文の端末で、続けて暗号化された端末で通報する。",
    stimulus_en="A registrant of a department that does not allow plaintext calls over a plaintext "
    "link, and then over an encrypted one.",
    expected_ja="平文の通報は断られ、理由とほかの手段が日本語で示される。暗号化された通報は届き、"
    "平文の印は付かない。",
    expected_en="The plaintext call is refused; the reason and the other means are told in "
    "Japanese. The encrypted call is taken, and is not marked as plaintext.",
    why_ja="安全に通信できない端末は使えないことがある。断られた人は、ほかの手段をすぐに知る必要が"
    "ある。",
    why_en="A device that cannot communicate securely may be unusable; whoever is refused must "
    "learn the other means at once.",
)
async def plaintext_refused(t: Trial, w: World) -> None:
    plaintext_offered(t, w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    who = await w.register()
    seen, told = "", ""
    try:
        phone = await w.plaintext_handset(who)
        call = await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=w.fix_at(w.home))
    except CallRefused as refused:
        seen = refused.problem.code.value
        told = f"{refused.problem.message_ja} {refused.problem.other_means_ja}".strip()
    except UnexpectedAnswer as wrong:
        seen = str(wrong)
    else:
        seen = f"call {call.id} was taken"
    t.check(
        "the plaintext call is refused",
        seen == Refusal.PLAINTEXT_NOT_ALLOWED.value,
        expected=Refusal.PLAINTEXT_NOT_ALLOWED.value,
        seen=seen,
        ja="平文の通報が断られる",
    )
    t.check(
        "the refusal tells the reason and the other means in Japanese",
        "暗号" in told
        and any(means in told for means in ("近く", "FAX", "ファクス", "電話リレー")),
        expected="暗号化 ... and another means (someone nearby, FAX, telephone relay)",
        seen=told or "none",
        ja="断りに、理由とほかの手段が日本語で書かれている",
    )
    encrypted = await t.observe(
        "the encrypted call of the same person is taken",
        w.call_from(await w.handset(who), w.home),
        w.patience,
        expected="a call",
        refusals=(CallRefused,),
        ja="同じ人の暗号化された通報は受け付けられる",
    )
    if encrypted is not None:
        shown = await t.observe(
            "the console shows the encrypted call",
            console.wait_for_call(encrypted.id, w.patience),
            w.patience + 1,
            expected=f"call {encrypted.id}",
            ja="指令台に、暗号化された通報が表示される",
        )
        if shown is not None:
            t.check(
                "the console shows the encrypted call as encrypted",
                shown.link is LinkSecurity.ENCRYPTED,
                expected=LinkSecurity.ENCRYPTED.value,
                seen=shown.link.value,
                level=CheckLevel.DERIVED,
                ja="指令台に、暗号化された通報は暗号化と示される",
            )
        await no_other_came(t, new, [encrypted.id], "nothing else rings", "ほかの通報は鳴らない")
