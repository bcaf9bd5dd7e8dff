"""What a dispatcher reads of a transfer: under way, done, or why it failed (gap D7)."""

from typing import NamedTuple

from net119_protocol.codes import TransferFailure


class TransferText(NamedTuple):
    """One text in both languages; ``{department}`` is the department that was asked for."""

    ja: str
    en: str

    def about(self, ja: str, en: str) -> "TransferText":
        """The text with the department's names filled in."""
        return TransferText(self.ja.format(department=ja), self.en.format(department=en))


_KEPT_JA = "通報の担当は変わっていません。"
_KEPT_EN = "The call is still yours."

UNDER_WAY = TransferText(
    "{department}へ転送を依頼しています。相手が受けるまで、対応を続けてください。",
    "The transfer to {department} is under way. Go on with the call until it is taken over.",
)
DONE = TransferText(
    "{department}への転送が終わりました。今の担当は{department}です。",
    "The call was transferred to {department}, which has it now.",
)

FAILED: dict[TransferFailure, TransferText] = {
    TransferFailure.UNKNOWN_DEPARTMENT: TransferText(
        f"その消防本部は管轄表にありません。{_KEPT_JA}転送先を確認してください。",
        f"There is no such department in the directory. {_KEPT_EN} Check the department.",
    ),
    TransferFailure.SAME_DEPARTMENT: TransferText(
        f"{{department}}は今の担当です。{_KEPT_JA}",
        f"{{department}} has the call already. {_KEPT_EN}",
    ),
    TransferFailure.NOT_ADOPTED: TransferText(
        f"{{department}}はNET119未導入です。{_KEPT_JA}電話で引き継いでください。",
        f"{{department}} has not adopted NET119. {_KEPT_EN} Pass it on by phone.",
    ),
    TransferFailure.NOT_RUNNING: TransferText(
        f"{{department}}のNET119が動いていません。{_KEPT_JA}電話で引き継いでください。",
        f"NET119 of {{department}} is not running. {_KEPT_EN} Pass it on by phone.",
    ),
    TransferFailure.REJECTED: TransferText(
        f"{{department}}は転送を受けられません。{_KEPT_JA}電話で引き継いでください。",
        f"{{department}} did not take the call. {_KEPT_EN} Pass it on by phone.",
    ),
    TransferFailure.SILENT: TransferText(
        f"{{department}}から返事がありません。{_KEPT_JA}電話で引き継いでください。",
        f"{{department}} did not respond. {_KEPT_EN} Pass it on by phone.",
    ),
    TransferFailure.BUSY: TransferText(
        f"この通報は、ほかの転送の途中です。{_KEPT_JA}その結果を待ってください。",
        f"Another transfer of this call is under way. {_KEPT_EN} Wait for its result.",
    ),
    TransferFailure.WRONG_STATE: TransferText(
        "今の状態では転送できません。応答中の通報だけを転送できます。",
        "The call cannot be transferred now. Only a call that was answered can be.",
    ),
    TransferFailure.CANCELLED: TransferText(
        "転送は取りやめになりました。通報の今の担当を確認してください。",
        "The transfer was cancelled. Look who has the call now.",
    ),
    TransferFailure.UNSUPPORTED: TransferText(
        "登録地のNET119は、通報中の転送に対応していません。"
        f"{_KEPT_JA}{{department}}へ電話で引き継いでください。",
        f"The home provider cannot transfer calls. {_KEPT_EN} Phone {{department}} to pass it on.",
    ),
}
"""Why a transfer failed, and what to do instead; every failure has its text."""
