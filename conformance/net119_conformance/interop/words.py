"""The words of a matrix, in Japanese and English."""

from net119_conformance.catalogue import Text
from net119_conformance.interop.blame import Side
from net119_conformance.interop.cells import Matrix
from net119_conformance.verdict import ExitStatus, Verdict

SIDE_WORD: dict[Side, Text] = {
    Side.ORIGINATING: Text(en="originating", ja="送る側"),
    Side.RECEIVING: Text(en="receiving", ja="受ける側"),
}
SHORT: dict[str, Text] = {
    "PAIR-ROUTE": Text(en="routed call", ja="通報の振分け"),
    "PAIR-CHAT": Text(en="chat both ways", ja="双方向の会話"),
    "PAIR-CLOSE": Text(en="close", ja="終了"),
    "PAIR-TRANSFER": Text(en="transfer", ja="転送"),
    "PAIR-TRANSFER-ASKED": Text(en="transfer asked for", ja="転送の求め"),
    "PAIR-CALLBACK": Text(en="callback", ja="呼び返し"),
    "PAIR-LINK": Text(en="broken link", ja="接続の切断"),
    "PAIR-CRASH-RECEIVING": Text(en="receiving one dies", ja="受ける側の異常終了"),
    "PAIR-CRASH-ORIGINATING": Text(en="originating one dies", ja="送る側の異常終了"),
}
"""What a square of the matrix calls a purpose; one that is not here goes by its ID."""
UNTOLD = Text(en="which side is at fault cannot be told", ja="どちらの側の原因かは分かりません")


def headline(matrix: Matrix) -> Text:
    """The outcome of a run in one phrase."""
    if matrix.exit_status == ExitStatus.INTERRUPTED:
        return Text(en="Interrupted: no overall verdict", ja="中断されたため、総合判定はありません")
    judged = [pair for pair in matrix.pairs if pair.verdict is not None]
    failing = sum(pair.verdict is Verdict.FAIL for pair in judged)
    if matrix.exit_status == ExitStatus.OK:
        return Text(
            en=f"All {len(judged)} pairs work together in what was judged",
            ja=f"判定した {len(judged)} 組のすべてで、相互接続を確認できました",
        )
    if failing:
        return Text(
            en=f"{failing} of {len(judged)} pairs do not work together",
            ja=f"{len(judged)} 組のうち {failing} 組で、相互接続に不具合があります",
        )
    return Text(
        en="Not shown that all pairs work together",
        ja="すべての組の相互接続を確認できてはいません",
    )
