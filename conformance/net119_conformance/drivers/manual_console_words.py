"""What a person is asked to do and to tell at a console, in Japanese and English."""

from net119_protocol.codes import CallState, CloseOutcome, Kind, Mode

from net119_conformance.catalogue import Text
from net119_conformance.drivers.manual_calls import KINDS, MODES, NO, YES, KnownCall
from net119_conformance.manual.steps import Option, Question

NONE, MORE = "none", "more"
CENTER = Text(ja="指令センターのコード", en="Code of the center")
DEPARTMENT = Text(ja="消防本部", en="Fire department")
STATES = {each.value: each for each in (CallState.RINGING, CallState.ANSWERED, CallState.CLOSED)}
MODE_OF = {each.value: each for each in Mode}
KIND_OF = {each.value: each for each in Kind}
OUTCOMES = {
    CloseOutcome.DISPATCHED: Text(ja="出動した", en="a crew was sent"),
    CloseOutcome.RELAYED_BY_PHONE: Text(ja="電話で引き継いだ", en="relayed by phone"),
    CloseOutcome.OTHER_MEANS_ADVISED: Text(ja="ほかの手段を案内した", en="other means advised"),
    CloseOutcome.NO_EMERGENCY: Text(ja="緊急ではなかった", en="no emergency"),
    CloseOutcome.PRANK: Text(ja="いたずら", en="a prank"),
    CloseOutcome.PRACTICE_DONE: Text(ja="練習・試験の終了", en="practice or test done"),
}


def screen(center: str, name_ja: str) -> Text:
    """The console, as sentences name it."""
    return Text(ja=f"{name_ja}（{center}）の指令台", en=f"the console of {center}")


OPEN = Text(ja="指令台を開く", en="Open a console")
OPEN_WHY = Text(
    ja="指令台が開いていないと、通報は別の所へ回されます。",
    en="While no console is open, calls are given to somebody else.",
)


def open_console(where: Text) -> list[Text]:
    """Open it, and leave it open."""
    return [
        Text(ja=f"{where.ja}を開いてください。", en=f"Open {where.en}."),
        Text(
            ja="この試験が終わるまで開いたままにしてください。",
            en="Leave it open until this test purpose is over.",
        ),
    ]


ANSWER = Text(ja="通報に応答する", en="Take the call")
ANSWER_WHY = Text(
    ja="応答は人がするものです。応答したことが相手に正しく伝わるかを判定します。",
    en="Only a human takes a call. Whether the other side is told rightly is what is judged.",
)


def answer(where: Text) -> list[Text]:
    """Take it."""
    return [
        Text(
            ja=f"{where.ja}で、下の通報に応答してください。",
            en=f"Take the call below at {where.en}.",
        ),
        Text(
            ja="応答したことになったら「できた」を押してください。",
            en="Once the console shows that you have taken it, choose Done.",
        ),
    ]


def answered_question(where: Text) -> Text:
    """Only a person saw it."""
    return Text(
        ja=f"{where.ja}で応答できたことは、試験者だけが見ました",
        en=f"only the tester saw that the call was taken at {where.en}",
    )


CLOSE = Text(ja="通報を終える", en="Close the call")
CLOSE_WHY = Text(
    ja="終えた結果が記録され、相手にも伝わるかを判定します。",
    en="Whether the outcome is kept and told to the other side is what is judged.",
)
_OUTCOME_OPTIONS = (
    *(Option(value=each.value, label=text) for each, text in OUTCOMES.items()),
    Option(value=NONE, label=Text(ja="結果は出ていない", en="No outcome is shown")),
)
CLOSE_QUESTIONS = (
    Question(
        name="state",
        label=Text(ja="終えた後の、指令台での通報の状態", en="State at the console afterwards"),
        options=(
            Option(value="closed", label=Text(ja="終了した", en="closed")),
            Option(value="answered", label=Text(ja="まだ続いている", en="still going on")),
        ),
    ),
    Question(
        name="outcome",
        label=Text(ja="指令台に出ている結果", en="Outcome that the console shows"),
        options=_OUTCOME_OPTIONS,
    ),
)


def close(where: Text, outcome: CloseOutcome) -> list[Text]:
    """Close it with an outcome."""
    text = OUTCOMES[outcome]
    return [
        Text(
            ja=f"{where.ja}で、下の通報を、結果「{text.ja}」（{outcome.value}）で終えてください。",
            en=f"Close the call below at {where.en} with the outcome “{text.en}” "
            f"({outcome.value}).",
        ),
        Text(
            ja="指令台の表示が落ち着いてから答えてください。",
            en="Answer once the console’s display has settled.",
        ),
    ]


def closed_question(where: Text) -> Text:
    """Only a person saw it."""
    return Text(
        ja=f"終えた後の{where.ja}の表示は、試験者だけが見ました",
        en=f"only the tester saw what {where.en} shows after closing",
    )


COUNT = Text(ja="指令台の通報を数える", en="Count the calls at the console")
COUNT_WHY = Text(
    ja="断られた通報が、指令台に出ていないかを確かめます。",
    en="A call that was refused must not ring at the console.",
)
COUNT_QUESTIONS = (
    Question(
        name="calls",
        label=Text(
            ja="この試験を始めてから、この指令台に出た通報",
            en="Calls that came to this console since this test began",
        ),
        options=(
            Option(value="these", label=Text(ja="下の通報だけ", en="Those below alone")),
            Option(value=MORE, label=Text(ja="ほかの通報も出ている", en="Others, too")),
            Option(value=NONE, label=Text(ja="一件も出ていない", en="None at all")),
        ),
    ),
)


def count(where: Text) -> list[Text]:
    """Look at all calls."""
    return [
        Text(
            ja=f"{where.ja}に出ている通報を、終了したものも含めてすべて見てください。",
            en=f"Look at all calls at {where.en}, closed ones too.",
        )
    ]


def count_question(where: Text) -> Text:
    """Only a person saw it."""
    return Text(
        ja=f"{where.ja}に出ていた通報は、試験者だけが数えました",
        en=f"only the tester counted the calls at {where.en}",
    )


LOOK = Text(ja="指令台の表示を見る", en="Look at the console")
LOOK_WHY = Text(
    ja="通報が正しい指令台に、必要な情報とともに届くかを確かめます。",
    en="The call must reach the right console, with what a dispatcher needs.",
)


def look(where: Text, patience_s: float) -> list[Text]:
    """Look for the call."""
    return [
        Text(
            ja=f"{where.ja}で、下の通報を探してください。",
            en=f"Look for the call below at {where.en}.",
        ),
        Text(
            ja=f"出ていなければ {patience_s:g} 秒ほど待ってください。それでも出ないときは、"
            "最初の問いに「いいえ」と答えるだけで構いません。",
            en=f"If it is not there, wait for about {patience_s:g} s before you answer; then only "
            "the first question needs an answer.",
        ),
    ]


def look_question(where: Text) -> Text:
    """Only a person saw it."""
    return Text(
        ja=f"{where.ja}の表示は、試験者だけが見ました", en=f"only the tester saw {where.en}"
    )


_SHOWN = ("shown", "yes")
_LOOK = (
    Question(
        name="shown", label=Text(ja="下の通報が出ている", en="The call is shown"), options=(YES, NO)
    ),
    Question(
        name="mine",
        label=Text(
            ja="この指令台が受け持つ通報として出ている", en="It is shown as this console’s own call"
        ),
        options=(YES, NO),
        only_if=_SHOWN,
    ),
    Question(
        name="state",
        label=Text(ja="通報の状態", en="Its state"),
        options=(
            Option(
                value="ringing",
                label=Text(
                    ja="呼び出し中（まだだれも応答していない）", en="ringing, not taken yet"
                ),
            ),
            Option(value="answered", label=Text(ja="応答した", en="taken")),
            Option(value="closed", label=Text(ja="終了した", en="closed")),
        ),
        only_if=_SHOWN,
    ),
    Question(
        name="name",
        label=Text(ja="通報者の氏名（見えたとおりに）", en="The caller’s name (as shown)"),
        only_if=_SHOWN,
        is_name=True,
    ),
    Question(
        name="kind",
        label=Text(ja="通報の種類", en="Kind of call"),
        options=tuple(Option(value=each.value, label=text) for each, text in KINDS.items()),
        only_if=_SHOWN,
    ),
    Question(
        name="mode",
        label=Text(ja="通報の扱い", en="Mode"),
        options=tuple(Option(value=each.value, label=text) for each, text in MODES.items()),
        only_if=_SHOWN,
    ),
)
_POSITION = (
    Question(
        name="position",
        label=Text(ja="通報者の位置", en="The caller’s position"),
        options=(
            Option(
                value="as-set",
                label=Text(
                    ja="端末に設定した位置と精度が出ている（出ている桁まで同じ）",
                    en="As set at the handset, with its accuracy (to the digits shown)",
                ),
            ),
            Option(value="different", label=Text(ja="違う位置が出ている", en="Another position")),
            Option(value=NONE, label=Text(ja="位置は出ていない", en="No position")),
        ),
        only_if=_SHOWN,
    ),
    Question(
        name="other-position",
        label=Text(ja="違う位置が出ているとき、その位置", en="If another: which"),
        only_if=("position", "different"),
    ),
)


def look_questions(call: KnownCall) -> tuple[Question, ...]:
    """What is to be told; the position where the tester has set it."""
    return (*_LOOK, *_POSITION) if call.placed and call.fix is not None else _LOOK
