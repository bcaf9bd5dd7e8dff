"""Words of the report, and how it writes times and amounts."""

from collections.abc import Mapping
from types import MappingProxyType

from net119_protocol.labels import Language

from net119_scenarios import lengths
from net119_scenarios.drills.report.times import LOCATED_WITHIN_M, Figure
from net119_scenarios.drills.report.views import LATE_S
from net119_scenarios.words import Words

FIGURES: Mapping[Figure, tuple[Words, Words]] = MappingProxyType(
    {
        Figure.ANSWER: (
            Words("応答まで", "until the answer"),
            Words("鳴り始めから、だれかが応答するまで", "from the alarm until somebody answered"),
        ),
        Figure.LOCATED: (
            Words("場所がわかるまで", "until located"),
            Words(
                f"担当の画面に、誤差{LOCATED_WITHIN_M:g} m以内（95%）の位置が出るまで",
                f"until a position within {LOCATED_WITHIN_M:g} m (95 %) was on the owner's screen",
            ),
        ),
        Figure.UNDERSTOOD: (
            Words("何が起きたかわかるまで", "until understood what happened"),
            Words(
                "応答のあと、何が起きたかを通報者が伝えるまで",
                "after the answer, until the caller told what happened",
            ),
        ),
        Figure.FIRST_QUESTION: (
            Words("最初の質問まで", "until the first question"),
            Words("応答のあと、指令員が最初に質問するまで", "after the answer, by a dispatcher"),
        ),
        Figure.DISPATCH: (
            Words("出動まで", "until the dispatch"),
            Words("最初の出動が記録されるまで", "until the first crew was recorded as sent"),
        ),
        Figure.TRANSFER: (
            Words("転送の成立まで", "until the transfer was accepted"),
            Words("最初の転送が受け入れられるまで", "the first that was"),
        ),
        Figure.TRANSFER_TOOK: (
            Words("転送にかかった時間", "how long the transfer took"),
            Words("転送を求めてから成立するまで", "from asking for it until it was accepted"),
        ),
        Figure.CLOSED: (
            Words("終了まで", "until the close"),
            Words("最後に終了するまで", "the last one"),
        ),
        Figure.DISPATCHER_SILENCE: (
            Words("指令員の最も長い沈黙", "longest silence of the dispatchers"),
            Words(
                "応答から終了までで、指令員が何も書かなかった最も長い時間",
                "between answer and close, without a line of theirs",
            ),
        ),
        Figure.CALLER_SILENCE: (
            Words("通報者の最も長い沈黙", "longest silence of the caller"),
            Words(
                "応答から終了までで、通報者が何も書かず選びもしなかった最も長い時間"
                "（端末が切れていた時間を除く）",
                "between answer and close, without a line or a tap; time without the handset is "
                "taken out",
            ),
        ),
    }
)
"""Name and meaning of each figure."""

_TEXT: Mapping[str, Words] = MappingProxyType(
    {
        "report": Words("訓練の振り返り", "After-action report"),
        "exercise": Words("訓練の記録です。本当の通報ではありません。", "A drill: no real call."),
        "held": Words("判定項目は、すべて成り立った", "everything that must hold held"),
        "not-held": Words("成り立たない判定項目があった", "not everything that must hold held"),
        "interrupted": Words(
            "途中までの記録。訓練が途中で止まった（またはまだ続いている）ので、判定していない",
            "interrupted: it stopped in the middle (or goes on still), so nothing was judged",
        ),
        "no-checks": Words("判定はない", "nothing was judged"),
        "when": Words("日時", "When"),
        "centers": Words("指令センター", "Centers"),
        "cast": Words("役", "Roles"),
        "length": Words("長さ", "Length"),
        "paused": Words("（ほかに一時停止 {s}）", " (and {s} paused)"),
        "software": Words("NET119試験環境", "NET119 testbed"),
        "summary": Words("まとめ", "At a glance"),
        "aims": Words("目標", "Targets"),
        "times": Words("時間", "Times"),
        "times-note": Words(
            "一時停止していた時間は除いている。", "Time in which the drill was paused is left out."
        ),
        "paced": Words(
            "待ち時間を縮めて進めた。プログラムが演じた役の時間は、人より短い。",
            "Waits were cut short: the times of simulated roles are shorter than those of people.",
        ),
        "alarm-times-note": Words(
            "通報からの時間。一時停止していた時間は除いている。",
            "From the alarm; time in which the drill was paused is left out.",
        ),
        "helpers": Words("近隣協力員", "Neighbour helpers"),
        "order": Words("順", "Order"),
        "name": Words("氏名", "Name"),
        "asked-at": Words("依頼", "To be asked"),
        "answer": Words("答え", "Answer"),
        "noted-at": Words("記録", "Noted"),
        "ward-report": Words("区役所への報告", "Report to the ward office"),
        "over-unit": Words("発信設備でのやりとりと、できごと", "What was said, and what happened"),
        "item": Words("項目", "What"),
        "aim": Words("目標", "Target"),
        "took": Words("かかった時間", "Took"),
        "judged": Words("判定", "Result"),
        "in-time": Words("○ 目標内", "○ in time"),
        "over": Words("× {s}超過", "× {s} over"),
        "not-reached": Words("× 行われなかった", "× did not happen"),
        "within": Words("{s}以内", "within {s}"),
        "none": Words("―", "–"),
        "never": Words("なし", "none"),
        "course": Words("経過", "Course"),
        "checklist": Words("聞き取ること", "What should be asked"),
        "said-checklist": Words("聞くこと・伝えること", "What should be asked or told"),
        "said-asked": Words("○ 話した", "○ said"),
        "said-asked-again": Words("△ 伝えられたことをまた聞いた", "△ asked though told before"),
        "said-told": Words("○ 聞く前に伝えられた", "○ told unasked"),
        "said-missed": Words("× 話していない", "× not said"),
        "said-missed-optional": Words("△ 話していない（必須ではない）", "△ not said (optional)"),
        "asked": Words("○ 聞いた", "○ asked"),
        "asked-again": Words("△ 伝えられたことをまた聞いた", "△ asked though told before"),
        "told": Words("○ 聞く前に伝えられた", "○ told unasked"),
        "missed": Words("× 聞いていない", "× missed"),
        "missed-optional": Words("△ 聞いていない（必須ではない）", "△ not asked (optional)"),
        "for-example": Words("例: 「{s}」", "for example “{s}”"),
        "by": Words("担当", "By"),
        "at": Words("時刻", "Time"),
        "who": Words("だれ", "Who"),
        "said": Words("発言・できごと", "Line or event"),
        "screen": Words("{s}の画面", "screen of {s}"),
        "not-understood": Words("通報者に伝わらなかった発言", "Lines that were not understood"),
        "why": Words("理由", "Why"),
        "all-understood": Words("なし", "None."),
        "differences": Words("画面による違い", "What differed between the screens"),
        "no-differences": Words(
            "どの画面にも、同じ発言が同じ順に出た。", "All screens showed the same, in one order."
        ),
        "one-screen": Words(
            "記録された画面は一つだけなので、比べられない。",
            "Only one screen was recorded, so there is nothing to compare.",
        ),
        "missing": Words(
            "{screen}の画面に、発言{seq}「{there}」が出なかった",
            "line {seq} “{there}” never was on the screen of {screen}",
        ),
        "other-text": Words(
            "{screen}の画面では、発言{seq}が「{seen}」だった（ほかでは「{there}」）",
            "line {seq} was “{seen}” on the screen of {screen}, “{there}” elsewhere",
        ),
        "other-order": Words(
            "{screen}の画面では、発言{seq}「{seen}」が後の発言より遅く出た",
            "line {seq} “{seen}” came after later ones on the screen of {screen}",
        ),
        "other-end": Words(
            "最後に、{screen}の画面は「{seen}」、指令台の画面は「{there}」だった",
            "at the end the screen of {screen} showed “{seen}”, the console “{there}”",
        ),
        "late": Words(
            "{screen}の画面に、発言{seq}が{s}遅れて出た",
            "line {seq} came {s} late to the screen of {screen}",
        ),
        "late-note": Words(
            f"{LATE_S:g}秒より長い遅れだけを数える。", f"Only delays above {LATE_S:g} s count."
        ),
        "transcript": Words("チャット", "Chat"),
        "chat-of": Words("{s}の通報", "call of {s}"),
        "shown": Words("✓ {s}", "✓ {s}"),
        "shown-late": Words("✓ {s}（遅れ）", "✓ {s} (late)"),
        "not-connected": Words("― 接続していない", "– not connected"),
        "shown-back": Words("✓ {s}（接続が戻ってから）", "✓ {s} (once connected again)"),
        "system": Words("システム", "system"),
        "not-shown": Words("× 出ていない", "× not shown"),
        "map": Words("場所", "Places"),
        "no-place": Words("位置は記録されていない。", "No position was recorded."),
        "accuracy": Words("誤差 {s} m", "within {s} m"),
        "compare": Words("これまでの訓練と比べる", "Compared with earlier drills"),
        "no-earlier": Words(
            "同じシナリオの、これより前の記録はない。",
            "There is no earlier one.",
        ),
        "unreadable": Words("読めなかった記録: {s}", "could not be read: {s}"),
        "this": Words("今回", "this one"),
        "change": Words("前回との差", "since the last"),
        "faster": Words("{s}短い", "{s} less"),
        "slower": Words("{s}長い", "{s} more"),
        "same": Words("同じ", "the same"),
        "first-call": Words("時間は最初の通報のもの。", "Times are those of the first call."),
        "questions-asked": Words("聞き取れたこと", "questions covered"),
        "said-questions-asked": Words("話せたこと", "asked or told"),
        "aims-held": Words("守れた目標", "targets held"),
        "lines-unclear": Words("伝わらなかった発言", "lines not understood"),
        "checks-held": Words("成り立った判定項目", "checks that held"),
        "played-by": Words("指令員を演じた人", "dispatchers played by"),
        "of": Words("{n} / {of}", "{n} of {of}"),
        "checks": Words("判定項目", "What must hold"),
        "instead": Words("そのとき: {s}", "instead: {s}"),
        "debrief": Words("話し合うこと", "To talk about"),
        "comments": Words("意見", "Comments"),
        "no-comments": Words("まだない。", "None yet."),
        "everything": Words("すべての記録", "The whole record"),
        "controls": Words("進行の操作", "What the leader did"),
        "gone": Words("端末が切れていた時間 {s}", "handset not connected for {s}"),
        "no-alarm": Words("この通報は鳴らなかった。", "This call never rang."),
        "no-calls": Words("通報はなかった。", "There was no call."),
        "person": Words("人", "person"),
        "simulator": Words("プログラム（台本どおり）", "the program, by the script"),
        "rule-based": Words("プログラム（自分で聞き取る）", "the program, asking by itself"),
        "bad": Words("プログラム（悪い例: {s}）", "the program, a bad example ({s})"),
        "alarm": Words("鳴り始め", "alarm"),
        "pause": Words("一時停止", "paused"),
        "no-answer": Words("何を聞かれたのかわからない", "the caller has no answer to it"),
        "too-long": Words("長すぎて読めない", "too long to be read"),
        "too-many-questions": Words("一度に多くを聞かれた", "too many questions at once"),
        "jargon": Words("専門用語がわからない", "words of the trade"),
        "transfer-asked": Words("{s}への転送を求めた", "asks for a transfer to {s}"),
        "transferred": Words("{s}に転送した", "transferred to {s}"),
        "transfer-failed": Words("転送できなかった: {s}", "transfer failed: {s}"),
        "callback-queued": Words("呼び返しメールを出す", "callback mail queued"),
        "callback-sent": Words("呼び返しメールを送った", "callback mail sent"),
        "callback-failed": Words("呼び返しメールが届かない: {s}", "callback mail failed: {s}"),
        "callback-opened": Words("呼び返しメールが開かれた", "callback mail opened"),
        "position-asked": Words("位置を尋ねた", "asks for the position"),
        "dispatched": Words("出動: {s}", "crew sent: {s}"),
        "disclosed": Words("情報を外部に伝えた: {s}", "data given outside: {s}"),
        "reported": Words("食い違いを報告した: {s}", "discrepancy reported: {s}"),
        "start": Words("開始", "start"),
        "resume": Words("再開", "go on"),
        "pace": Words("速さ {s}", "pace {s}"),
        "skip": Words("手順を飛ばした {s}", "step skipped {s}"),
        "inject": Words("できごとを入れた {s}", "event thrown in: {s}"),
        "end": Words("終了", "end"),
    }
)


class Speaker:
    """The report's words in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def t(self, key: str, **blanks: object) -> str:
        """A text; KeyError without one."""
        return _TEXT[key].of(self.language).format(**blanks)

    def known(self, key: str, **blanks: object) -> str:
        """A text for a code; the code itself where there is none."""
        return self.t(key, **blanks) if key in _TEXT else key

    def long(self, seconds: float) -> str:
        """A length of time: ``8.2秒``, ``1分12秒``."""
        return lengths.long(seconds, self.language)

    def at(self, seconds: float, *, fine: bool = False) -> str:
        """A moment of the drill: ``m:ss``, or with tenths where all is over in a minute.

        Rounded as `long` is, so that a moment and the time until then are the same.
        """
        if fine:
            minutes, rest = divmod(round(seconds, 1), 60)
            return f"{int(minutes)}:{rest:04.1f}"
        return lengths.moment(seconds)


__all__ = ["FIGURES", "Speaker"]
