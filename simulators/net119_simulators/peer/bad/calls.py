"""Peers that misbehave with calls: the list of those that offer calls, and of both roles."""

from net119_protocol.codes import ErrorCode

from net119_simulators.peer.bad import originating, receiving
from net119_simulators.peer.bad.model import Act, BadPeer, PeerRole, Words

_ALL = ("I1", "I2", "I3", "I4", "I5")


def _peer(
    name: str,
    titles: tuple[str, str],
    wrong: tuple[str, str],
    source: str,
    sound: tuple[str, str],
    act: Act,
    invariants: tuple[str, ...] = _ALL,
    refusal: str | None = None,
    receives: Act | None = None,
) -> BadPeer:
    acts = {PeerRole.ORIGINATES: act} | ({PeerRole.RECEIVES: receives} if receives else {})
    return BadPeer(
        name, Words(*titles), Words(*wrong), source, Words(*sound), invariants, acts, refusal
    )


PEERS = (
    _peer(
        "silence",
        ("沈黙", "Silence"),
        (
            "申し出に何も答えない。自分が申し出たときは、承諾されても割り当てない。",
            "It does not answer an offer; having offered a call itself, it never assigns it.",
        ),
        "public implementation, defect 6: a crash loses the call, nobody knows; profile, Timers: "
        "T1, T3",
        (
            "T1 の後に登録地消防本部が受け取る。割り当てられない通報を自分のものと思わない。",
            "After T1 the home department has the call; a call that was never assigned is not "
            "taken for its own.",
        ),
        originating.silence,
        receives=receiving.silence,
    ),
    _peer(
        "lost-receipt",
        ("受領を返さない", "Receipts that never come"),
        (
            "RECEIPT や ACK、文の番号を返さない。",
            "It gives no RECEIPT, no ACK, and no number for a line.",
        ),
        "public implementation, defect 9: after a transfer the caller is out of reach and nobody "
        "is told; STOMP 1.2, RECEIPT and ACK",
        (
            "同じ messageId でもう一度送る。番号が返るまで、指令員に届いたと言わない。",
            "It sends again under the same messageId, and does not tell the dispatcher that a "
            "line was said before it has a number.",
        ),
        originating.lost_receipt,
        receives=receiving.lost_receipt,
    ),
    _peer(
        "script-in-names",
        ("名と文の中のスクリプト", "Script in names and lines"),
        (
            "名と文に HTML とスクリプトを書く。",
            "It writes HTML and script as names and lines.",
        ),
        "public implementation, defect 13: chat and names are put into innerHTML",
        (
            "書かれたとおりの文字として伝え、実行も書き換えもしない。",
            "It passes them on as the characters they are; nothing is run, nothing rewritten.",
        ),
        originating.script_in_names,
        receives=receiving.script_in_names,
    ),
    _peer(
        "old-offer",
        ("期限切れの申し出", "An offer long expired"),
        (
            "二時間前に期限の切れた申し出を送る。",
            "It sends an offer that expired two hours ago.",
        ),
        "profile, Ownership: an offer past expiresAt is rejected",
        ("expired で断り、指令台に鳴らさない。", "It rejects it as expired and rings nowhere."),
        originating.old_offer,
        ("I1",),
        "reject expired",
    ),
    _peer(
        "double-assign",
        ("二重の割り当て", "Assigning twice"),
        (
            "応答のあった通報を、次の epoch でもう一度割り当て、その epoch で書く。",
            "It assigns an answered call once more under the next epoch and writes under that.",
        ),
        "profile, Ownership: the epoch grows with each change",
        (
            "wrong-state で断り、今の epoch のまま通報を続ける。",
            "It refuses both by wrong-state and goes on with the call under the epoch it has.",
        ),
        originating.double_assign,
        (*_ALL, "I10"),
        ErrorCode.WRONG_STATE.value,
    ),
    _peer(
        "assign-unasked",
        ("申し出のない割り当て", "Assigned without an offer"),
        (
            "申し出も承諾もなかった通報を割り当てる。",
            "It assigns a call that was neither offered nor accepted.",
        ),
        "public implementation, defect 8: a transfer has no acceptance step",
        (
            "unknown-call で断り、指令台に出さない。",
            "It refuses by unknown-call; nothing appears at the console.",
        ),
        originating.assign_unasked,
        ("I1", "I10"),
        ErrorCode.UNKNOWN_CALL.value,
    ),
    _peer(
        "unknown-department",
        ("知られていない消防本部", "A department that is not there"),
        (
            "存在しない消防本部宛てに申し出る。",
            "It offers a call to a department that does not exist.",
        ),
        "public implementation, defect 8: success is told even if the target is unknown",
        ("unknown-department で断る。", "It rejects it as unknown-department."),
        originating.wrong_department,
        ("I1",),
        "reject unknown-department",
    ),
    _peer(
        "missing-transcript",
        ("会話の欠落", "A transcript with holes"),
        (
            "申し出に、それまでの会話の一部しか付けない。",
            "It sends only part of what was said so far with the offer.",
        ),
        "public implementation, defect 9: the console drops the transferred chat history",
        (
            "届いた文を元の番号のまま残し、抜けを詰めて隠さない。",
            "What came keeps its numbers; the gap is not hidden by renumbering.",
        ),
        originating.missing_transcript,
    ),
    _peer(
        "withdraws-and-writes",
        ("取り戻した後も書く", "Writing after taking back"),
        (
            "通報を取り戻した後で、前の epoch でまた文を送る。",
            "It takes a call back and goes on writing under the old epoch.",
        ),
        "public implementation, defect 9: after a transfer caller messages still go to the old HQ",
        (
            "取り戻しに従って自分の通報とせず、後の文を stale-epoch で断る。",
            "It no longer shows the call as its own, and refuses the later line by stale-epoch.",
        ),
        originating.withdraws_and_writes,
        (*_ALL, "I10"),
        ErrorCode.STALE_EPOCH.value,
    ),
    _peer(
        "new-call-on-reconnect",
        ("再接続のたびの新しい通報", "A new call at each reconnect"),
        (
            "同じ通報者の二つめの通報を、新しい callId で申し出る。",
            "It offers a second call of the same caller under a new callId.",
        ),
        "public implementation, defect 11: the caller page sends a new request on every reconnect",
        (
            "二つを別々の通報として扱い、文を混ぜず、はじめの通報を失わない。",
            "The two stay two calls; no line crosses over and the first is not lost.",
        ),
        originating.new_call_on_reconnect,
    ),
)
