"""The words of reports, in Japanese and English."""

from collections.abc import Mapping
from typing import Literal

Lang = Literal["ja", "en"]
Words = tuple[str, str]

SERIES: Mapping[str, Words] = {
    "ack_ms": ("通報者の送信→受付確認", "caller: written -> acknowledged"),
    "dispatcher_ack_ms": ("指令員の送信→受付確認", "dispatcher: written -> acknowledged"),
    "seen_by_dispatcher_ms": ("通報者の送信→指令台に表示", "caller: written -> seen at console"),
    "seen_by_caller_ms": ("指令員の送信→通報端末に表示", "dispatcher: written -> seen by caller"),
    "fault_ack_ms": ("障害中: 通報者の送信→受付確認", "in a fault: caller, acknowledged"),
    "fault_seen_by_dispatcher_ms": ("障害中: 通報者の送信→表示", "in a fault: caller, seen"),
    "answer_ms": ("通報→応答", "call -> answered"),
    "shedding_ack_ms": ("断り始めた後: 送信→受付確認", "once calls are shed: caller, acknowledged"),
    "shed_ms": ("通報→混雑の案内", "call -> told that it is shed"),
    "call_ms": ("通報の受付", "call accepted"),
    "reconnect_ms": ("切断→再接続", "connection lost -> accepted again"),
    "late_ms": ("送信予定からの遅れ (試験側)", "behind schedule (this generator)"),
}
"""Measured series in the order in which they are shown."""


def chosen(words: Words, lang: Lang) -> str:
    """The words in a language."""
    return words[0] if lang == "ja" else words[1]
