"""Peers that misbehave with calls which are offered to them: the list."""

from net119_protocol.codes import ErrorCode

from net119_simulators.peer.bad import receiving
from net119_simulators.peer.bad.model import Act, BadPeer, PeerRole, Words

_ALL = ("I1", "I2", "I3", "I4", "I5")
_HOME = (*_ALL, "I7")


def _peer(
    name: str,
    titles: tuple[str, str],
    wrong: tuple[str, str],
    source: str,
    sound: tuple[str, str],
    invariants: tuple[str, ...],
    act: Act,
    refusal: str | None = None,
) -> BadPeer:
    acts = {PeerRole.RECEIVES: act}
    return BadPeer(
        name, Words(*titles), Words(*wrong), source, Words(*sound), invariants, acts, refusal
    )


PEERS = (
    _peer(
        "late-accept",
        ("遅れた承諾", "An acceptance too late"),
        (
            "期限まで黙り、登録地消防本部が応答した後に承諾し、文を送る。",
            "It keeps silent past the deadline, accepts once the home department has answered, "
            "and writes.",
        ),
        "public implementation: its callee answers after 60 s, its caller gives up after 30 s; "
        "profile, Ownership: a late accept gets call.withdraw",
        (
            "call.withdraw を返し、割り当てず、文を断る。登録地消防本部の通報のままにする。",
            "It answers by call.withdraw, assigns nothing, refuses the line; the home department "
            "keeps the call.",
        ),
        (*_HOME, "I10"),
        receiving.late_accept,
        "call.withdraw",
    ),
    _peer(
        "double-accept",
        ("二重の承諾", "Accepting twice"),
        (
            "別のセンターの名で、新しい messageId で二度承諾する。",
            "It accepts twice, under two messageIds and for two centers.",
        ),
        "public implementation, defect 12: several consoles all send ACCEPTED",
        (
            "割り当ては一度だけで、epoch も担当も変わらない。",
            "The call is assigned once; neither epoch nor owner changes.",
        ),
        _ALL,
        receiving.double_accept,
    ),
    _peer(
        "reject-after-accept",
        ("応答の後に断る", "Rejecting after the answer"),
        (
            "応答した後で、申し出を断る電文を送る。",
            "It rejects the offer after it has accepted and answered.",
        ),
        "profile, Ownership: call.assign makes the owner",
        (
            "遅すぎる拒否として記録し、担当を変えない。",
            "It is noted as too late; the owner stays.",
        ),
        _ALL,
        receiving.takes_back,
    ),
    _peer(
        "answer-unassigned",
        ("割り当てなしの応答", "Answered without an assignment"),
        (
            "承諾も割り当てもないのに、応答したと伝える。",
            "It says that a human has answered before anything was accepted or assigned.",
        ),
        "public implementation, defect 8: success is told at send time; profile: call.assign "
        "makes the owner",
        (
            "not-your-call で断り、通報者に応答とは伝えない。黙ったままなら登録地に戻す。",
            "It refuses by not-your-call and tells the caller nothing; the call comes home.",
        ),
        (*_HOME, "I9", "I10"),
        receiving.answers_unassigned,
        ErrorCode.NOT_YOUR_CALL.value,
    ),
    _peer(
        "auto-answer",
        ("人のいない自動応答", "Answering without a human"),
        (
            "割り当てと同時に、人の操作なしに応答を伝える。二つの指令台が別々に伝える。",
            "It says answered at the moment of the assignment, without a human, from two consoles.",
        ),
        "public implementation, defect 12: the console sends ACCEPTED when the card appears",
        (
            "電文だけでは見抜けない。はじめの応答の名と時刻を割り当ての時刻とともに残し、二つめで"
            "置き換えない。",
            "No message gives it away: the first answer's name and time stand in the record beside "
            "the assignment's, and a second one replaces nothing.",
        ),
        (*_ALL, "I9"),
        receiving.auto_answer,
    ),
    _peer(
        "forgetful",
        ("通報を忘れる", "A call forgotten"),
        (
            "再起動して通報を忘れ、文に unknown-call と答える。",
            "It restarts, has lost the call, and answers a line by unknown-call.",
        ),
        "public implementation, defect 6: memory only, a crash loses the call",
        (
            "すぐに登録地消防本部に戻し、忘れた相手の後の文は断る。",
            "The home department has the call at once; later lines of the peer are refused.",
        ),
        (*_HOME, "I10"),
        receiving.forgetful,
        ErrorCode.NOT_YOUR_CALL.value,
    ),
    _peer(
        "dies-in-call",
        ("会話の途中で落ちる", "Down in mid-call"),
        (
            "会話の途中で落ち、後で戻って担当のつもりで書く。",
            "It goes down in mid-call, comes back later, and writes as if it were the owner.",
        ),
        "public implementation: it stops reconnecting after 10 tries; profile, Timers: T3",
        (
            "T3 の後に登録地消防本部に戻し、戻った相手に call.withdraw を送り、文を断る。",
            "After T3 the home department has the call; the peer that is back gets call.withdraw "
            "and its line is refused.",
        ),
        (*_HOME, "I10"),
        receiving.dies,
        "call.withdraw",
    ),
    _peer(
        "drops-frames",
        ("フレームを捨てる", "Frames thrown away"),
        (
            "届いたフレームを、受領も答えもなく捨てる。",
            "It throws a frame away, without a receipt and without an answer.",
        ),
        "public implementation, defect 1: a frame that follows a heart-beat is dropped in silence",
        (
            "T1 の後に登録地消防本部が受け取る。受領のない電文は捨てず、繋ぎ直した後にまた送る。",
            "After T1 the home department has the call; what had no receipt is kept and sent again "
            "after the reconnection.",
        ),
        (*_ALL, "I7"),
        receiving.drops_frames,
    ),
    _peer(
        "numbers-lines",
        ("勝手に番号を付ける", "Numbering lines itself"),
        (
            "担当が、自分で番号を付けた通報者の文を送る。",
            "As owner it sends a line in the caller's name with a number of its own.",
        ),
        "profile, Ownership: only the anchor numbers the chat",
        (
            "invalid-body で断り、記録も表示もしない。",
            "It is refused by invalid-body, neither recorded nor shown.",
        ),
        (*_ALL, "I10"),
        receiving.numbers_lines,
        ErrorCode.INVALID_BODY.value,
    ),
)
