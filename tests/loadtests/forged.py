"""Logs of calls as an honest provider would make them, to be spoilt by tests."""

from net119_loadtests.invariants import Transcripts, Violation, judge_call
from net119_loadtests.logs import Ack, CallLog, End, Shown, digest_of


def line(seq: int, name: str, sender: End = End.CALLER) -> Shown:
    """A line as everybody is shown it."""
    return Shown(seq, name, sender.value, digest_of(f"text of {name}"))


class Forgery:
    """A call of 7 lines: the caller writes six, the dispatcher the fourth; all goes well.

    Tests spoil the parts before `judge`.
    """

    def __init__(self) -> None:
        self.call = CallLog("call-1", 0)
        self.lines = [
            line(seq, f"c0-{seq}") if seq != 4 else line(4, "d0-1", End.DISPATCHER)
            for seq in range(1, 8)
        ]
        for end, log in self.call.ends.items():
            mine = [each for each in self.lines if each.sender == end.value]
            log.said = {each.client_id: each.digest for each in mine}
            log.acks = [Ack(each.client_id, each.seq) for each in mine]
            log.shown = list(self.lines)
        self.caller = self.call.ends[End.CALLER]
        self.dispatcher = self.call.ends[End.DISPATCHER]
        self.record = list(self.lines)
        self.transcript = list(self.lines)

    def judge(self) -> list[Violation]:
        """What is found."""
        return judge_call(self.call, Transcripts(self.record, self.transcript))
