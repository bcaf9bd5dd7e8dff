"""What `net119 records` prints."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from net119_cli.language import text

if TYPE_CHECKING:
    from net119_protocol.api.admin import RecordAct, Sweep, SweepRow
    from net119_reference.registration.deleted import Deleted

JAPAN = ZoneInfo("Asia/Tokyo")


def _act(act: "RecordAct") -> str:
    from net119_protocol.api.admin import RecordAct

    return {
        RecordAct.REMIND: text(ja="更新・意思確認のメール", en="reminder mailed"),
        RecordAct.EXPIRE: text(ja="期限切れ", en="expired"),
        RecordAct.SUSPEND: text(ja="一時停止", en="suspended"),
        RecordAct.END: text(ja="取消し（更新なし）", en="ended, not renewed"),
        RecordAct.DELETE_IMAGE: text(ja="本人確認書類の画像の削除", en="identity image deleted"),
        RecordAct.DESTROY: text(ja="登録情報の廃棄", en="registrant data destroyed"),
        RecordAct.DESTROY_CALLS: text(ja="通報の記録の廃棄", en="call records destroyed"),
        RecordAct.DESTROY_LOG: text(ja="監査の記録の廃棄", en="audit entries destroyed"),
        RecordAct.DESTROY_PEER_CALLS: text(
            ja="他事業者の登録者の通報の廃棄", en="calls of other providers destroyed"
        ),
        RecordAct.DELETE_DRAFT: text(ja="出されなかった申請の削除", en="drafts deleted"),
        RecordAct.DELETE_LINK: text(ja="古いメールURLの削除", en="old mailed URLs deleted"),
        RecordAct.DELETE_SESSION: text(ja="職員の古いログインの削除", en="staff sessions deleted"),
        RecordAct.DELETE_LETTER: text(ja="送信済みメールの控えの削除", en="old letters deleted"),
        RecordAct.DELETE_AGAIN: text(ja="控えから戻った記録の削除", en="restored, deleted again"),
    }[act]


def report(found: "Sweep") -> str:
    """What a sweep did or would do, for people."""
    return "\n".join(_lines(found))


def _lines(found: "Sweep") -> "Iterator[str]":
    from rich.cells import cell_len

    local = found.at.astimezone(JAPAN)
    day = text(ja=f"{local:%Y}年{local.month}月{local.day}日", en=f"{local.day} {local:%B %Y}")
    if found.dry_run:
        yield text(
            ja=f"{day}までに行うことになるもの（調べただけで、何も変えていません）",
            en=f"What would be done by {day} (nothing has been changed)",
        )
    else:
        yield text(ja=f"{day}に行ったもの", en=f"Done on {day}")
    if not found.rows:
        yield text(ja="  ありません。", en="  Nothing.")
    title: str | None = None
    width = max((cell_len(_act(row.act)) for row in found.rows), default=0)
    for row in found.rows:
        if row.department != title:
            title = row.department
            yield ""
            yield title or text(ja="事業者全体", en="whole provider")
        name = _act(row.act)
        pad = " " * (width - cell_len(name))
        count = text(ja=f"{row.count:>6} 件", en=f"{row.count:>6}")
        yield f"  {name}{pad}{count}  {_days(row)}".rstrip()
        if row.rule:
            yield text(ja=f"      定め: {row.rule}", en=f"      rule: {row.rule}")
        for registrant_id in row.registrant_ids:
            yield f"      {registrant_id}"


def _days(row: "SweepRow") -> str:
    if row.first_due is None:
        return ""
    if row.first_due == row.last_due:
        return text(ja=f"期日 {row.first_due}", en=f"due {row.first_due}")
    return text(
        ja=f"期日 {row.first_due}～{row.last_due}", en=f"due {row.first_due} to {row.last_due}"
    )


def listed(entries: "tuple[Deleted, ...]", now: datetime) -> "Iterator[str]":
    """The list of deletions, for people."""
    if not entries:
        yield text(ja="削除した記録はありません。", en="No record was destroyed.")
        return
    yield text(
        ja="登録者番号                            控えから消す期限  消防本部",
        en="registrant number                     backups by        department",
    )
    for entry in entries:
        if entry.backups_done:
            state = text(ja="済み", en="done")
        elif now >= entry.backups_by:
            state = text(ja="期限を過ぎています", en="overdue")
        else:
            state = ""
        day = entry.backups_by.astimezone(JAPAN).date()
        yield f"{entry.registrant_id}  {day}        {entry.department}  {state}".rstrip()


def json_list(entries: "tuple[Deleted, ...]") -> str:
    """The list of deletions, for programs."""
    return json.dumps(
        [
            {
                "registrantId": str(entry.registrant_id),
                "department": entry.department,
                "at": entry.at.isoformat(),
                "why": entry.why,
                "backupsBy": entry.backups_by.isoformat(),
                "backupsDone": entry.backups_done,
            }
            for entry in entries
        ],
        ensure_ascii=False,
        indent=2,
    )
