"""The first lines of every scenario: this is an exercise. Quick to import, to be shown at once."""

from net119_protocol.codes import Mode

from net119_scenarios.layout import wrap

MARKS = {
    Mode.TEST: ("試験", "TEST"),
    Mode.PRACTICE: ("練習", "PRACTICE"),
    Mode.DRILL: ("訓練", "DRILL"),
}
"""The modes that a scenario may have; `live` is none of them."""


def header(mode: Mode, language: str, width: int) -> list[str]:
    """The lines; KeyError for a mode that no scenario may have."""
    ja, en = MARKS[mode]
    if language == "ja":
        title = f"NET119 模擬通報 ── これは{ja}です ──"
        text = (
            f"実際の緊急通報ではありません。すべての通報に「{ja}」の印が付き、通信はこの機器の中"
            "（127.x.x.x）だけで行います。人物・事業者・電話番号は架空です。"
        )
    else:
        title = f"NET119 simulated call -- this is a {en} --"
        text = (
            f'This is no emergency. The call is marked "{en.lower()}" throughout, and nothing '
            "leaves this machine (127.x.x.x). People, providers and phone numbers are fictional."
        )
    rule = "=" * width
    return [rule, title, *wrap(text, width), rule]
