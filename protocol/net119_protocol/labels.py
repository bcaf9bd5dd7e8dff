"""Japanese and English labels of the code lists, as pages, consoles and reports show them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, NamedTuple

from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    FixSource,
    Kind,
    LinkSecurity,
    Mode,
    PlaceChoice,
    Positioning,
    Presence,
    ProviderState,
    RejectReason,
    SenderRole,
    WithdrawReason,
)
from net119_protocol.person import DeviceKind, Rh, Sex

Language = Literal["ja", "en"]


class Label(NamedTuple):
    """What people read in place of a code."""

    ja: str
    en: str


# One table for each list: members of two lists may have the same value and so be equal.
_LABELS: Mapping[type[StrEnum], Mapping[StrEnum, Label]] = MappingProxyType(
    {
        Kind: {
            Kind.FIRE: Label("火事", "Fire"),
            Kind.AMBULANCE: Label("救急", "Ambulance"),
            Kind.OTHER: Label("その他", "Other"),
        },
        Mode: {
            Mode.LIVE: Label("本番", "Live"),
            Mode.PRACTICE: Label("練習", "Practice"),
            Mode.DRILL: Label("訓練", "Drill"),
            Mode.TEST: Label("試験", "Test"),
        },
        PlaceChoice: {
            PlaceChoice.HOME: Label("自宅", "At home"),
            PlaceChoice.CURRENT: Label("現在地", "Current position"),
        },
        Positioning: {
            Positioning.ON: Label("位置情報オン", "Location on"),
            Positioning.OFF: Label("位置情報オフ", "Location off"),
            Positioning.DENIED: Label("位置情報の許可なし", "Location not allowed"),
        },
        FixSource: {
            FixSource.GPS: Label("GPS", "GPS"),
            FixSource.NETWORK: Label("Wi-Fi・基地局", "Wi-Fi or cell"),
            FixSource.CARRIER: Label("携帯電話会社", "Carrier"),
            FixSource.UNKNOWN: Label("不明", "Unknown"),
        },
        LinkSecurity: {
            LinkSecurity.ENCRYPTED: Label("暗号化", "Encrypted"),
            LinkSecurity.PLAINTEXT: Label("平文（暗号化なし）", "Plaintext (not encrypted)"),
        },
        CallState: {
            CallState.OPEN: Label("受付", "Opened"),
            CallState.LOCATING: Label("位置確認中", "Locating"),
            CallState.OFFERING: Label("接続先に申し出中", "Being offered"),
            CallState.RINGING: Label("呼び出し中", "Ringing"),
            CallState.ANSWERED: Label("応答済み", "Answered"),
            CallState.INTERRUPTED: Label("通信途絶", "Connection lost"),
            CallState.TRANSFERRING: Label("転送中", "Being transferred"),
            CallState.CLOSED: Label("終了", "Closed"),
        },
        SenderRole: {
            SenderRole.CALLER: Label("通報者", "Caller"),
            SenderRole.DISPATCHER: Label("指令員", "Dispatcher"),
            SenderRole.SYSTEM: Label("自動メッセージ", "Automatic message"),
        },
        Presence: {
            Presence.CONNECTED: Label("接続中", "Connected"),
            Presence.GONE: Label("切断", "Not connected"),
        },
        RejectReason: {
            RejectReason.NO_CONSOLE: Label("指令台が未接続", "No console connected"),
            RejectReason.EXPIRED: Label("申し出の期限切れ", "Offer expired"),
            RejectReason.MODE_NOT_ACCEPTED: Label(
                "この通報区分は受け付けていない", "Mode of the call not accepted"
            ),
            RejectReason.UNKNOWN_DEPARTMENT: Label("該当する消防本部なし", "Unknown department"),
            RejectReason.MAINTENANCE: Label("保守のため停止中", "Stopped for maintenance"),
            RejectReason.OVERLOAD: Label("混み合っている", "Overloaded"),
        },
        WithdrawReason: {
            WithdrawReason.LATE_ACCEPT: Label("承諾が間に合わなかった", "Accepted too late"),
            WithdrawReason.TAKEN_HOME: Label(
                "登録地消防本部が引き取った", "Taken by the home department"
            ),
            WithdrawReason.RINGING_UNANSWERED: Label("応答がなかった", "Nobody answered"),
            WithdrawReason.CLOSED: Label("通報が終了した", "The call is closed"),
        },
        CloseOutcome: {
            CloseOutcome.DISPATCHED: Label("出動", "Dispatched"),
            CloseOutcome.RELAYED_BY_PHONE: Label("電話で引き継ぎ", "Relayed by phone"),
            CloseOutcome.OTHER_MEANS_ADVISED: Label("別の手段を案内", "Other means advised"),
            CloseOutcome.NO_EMERGENCY: Label("緊急ではなかった", "No emergency"),
            CloseOutcome.PRANK: Label("いたずら", "Prank"),
            CloseOutcome.PRACTICE_DONE: Label("練習終了", "Practice done"),
        },
        ProviderState: {
            ProviderState.NORMAL: Label("正常", "Normal"),
            ProviderState.MAINTENANCE: Label("保守中", "Maintenance"),
            ProviderState.OVERLOADED: Label("過負荷", "Overloaded"),
            ProviderState.STOPPING: Label("停止処理中", "Stopping"),
        },
        Sex: {
            Sex.MALE: Label("男性", "Male"),
            Sex.FEMALE: Label("女性", "Female"),
            Sex.UNSTATED: Label("回答なし", "Not stated"),
        },
        Rh: {
            Rh.POSITIVE: Label("Rh（＋）", "Rh positive"),
            Rh.NEGATIVE: Label("Rh（－）", "Rh negative"),
            Rh.UNKNOWN: Label("わからない", "Not known"),
        },
        DeviceKind: {
            DeviceKind.SMARTPHONE: Label("スマートフォン", "Smartphone"),
            DeviceKind.MOBILE_PHONE: Label("携帯電話", "Mobile phone"),
            DeviceKind.OTHER: Label("その他", "Other"),
        },
    }
)

LABELLED: tuple[type[StrEnum], ...] = tuple(_LABELS)
"""The code lists that have labels."""


def label_of(member: StrEnum) -> Label:
    """Both labels of a code.

    Raises:
        KeyError: the list it belongs to has no labels (see ``LABELLED``).
    """
    return _LABELS[type(member)][member]


def label(member: StrEnum, language: Language = "ja") -> str:
    """The label of a code in one language.

    Raises:
        KeyError: the list it belongs to has no labels (see ``LABELLED``).
    """
    both = label_of(member)
    return both.ja if language == "ja" else both.en
