"""A drill of the library as the start of one's own: its file, with comments for who changes it."""

from net119_protocol.labels import Language

from net119_scenarios.words import Words

_HEAD = Words(
    "「{name}」を写した、自分の訓練の始まり。\n"
    "直したら: net119 drill check このファイル\n"
    "試すには: net119 drill run このファイル （人なしで最後まで進む）\n"
    "書き方のすべて: docs/scenarios.md、docs/reference/scenario.schema.json",
    "The start of your own drill, copied from {name}.\n"
    "When you have changed it: net119 drill check THIS-FILE\n"
    "To try it: net119 drill run THIS-FILE (goes through without people)\n"
    "All that can be written: docs/scenarios.md, docs/reference/scenario.schema.json",
)
_PARTS = {
    "title": Words("題。一覧と報告書に出る。", "The title, in lists and reports."),
    "purpose": Words(
        "ねらい。この訓練で何を身につけるか、一文で。",
        "What is learnt from it, in one sentence.",
    ),
    "network": Words(
        "どの事業者のシステムを動かすか。省けばすべて。",
        "Whose systems run; all of them if it is left out.",
    ),
    "actors": Words(
        "登場する人。通報者は登録地（home）、いる場所（position）、問いへの答え（answers）を書く。\n"
        "answers の to は質問に含まれる言葉、say は書く返事、tap は押す選択肢。",
        "Who takes part. Of a caller: home department, position, and answers to questions.\n"
        "In answers, `to` are words of the question, `say` what is written, `tap` what is tapped.",
    ),
    "timeline": Words(
        "起こることの順。at は始まりからの分:秒。人が演じる役の行は、その人がするまで待つ。\n"
        "指令員の say は手本で、人は自分の言葉で書いてよい。",
        "What happens, in order; `at` is minutes:seconds from the beginning. Steps of people are\n"
        "waited for. What a dispatcher says here is the model: people use their own words.",
    ),
    "must": Words(
        "終わりに成り立っているべきこと。人の言葉に左右されないことだけを書く。",
        "What must hold at the end, whatever words people use.",
    ),
    "targets": Words(
        "目標。begin と end は timeline の id。",
        "Times to aim at; begin and end are ids of the timeline.",
    ),
    "drill": Words(
        "人が演じるための部分: 演じる役（people）、役ごとの説明（roles）、見どころ（watch）、\n"
        "振り返りの問い（debrief）、聞き取ること（checklist）、途中で起こせること（injections）。",
        "What people need: who is played (people), what each role knows (roles), what to watch,\n"
        "questions for afterwards (debrief), the checklist, and what can be thrown in.",
    ),
}


def commented(source: str, name: str, language: Language) -> str:
    """The file's text with a head, and a comment before each of its parts."""
    found = [*_comment(_HEAD.of(language).format(name=name))]
    for line in source.splitlines():
        part = _PARTS.get(line.partition(":")[0])
        if part is not None:
            found += ["", *_comment(part.of(language))]
        found.append(line)
    return "\n".join(found) + "\n"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in text.splitlines()]
