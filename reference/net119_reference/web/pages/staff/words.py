"""Words of the staff pages for states, events, mails, purposes and roles."""

from collections.abc import Mapping

from net119_protocol.api.admin import StaffRole
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.labels import Label
from net119_protocol.profile.check import FieldProblem

from net119_reference.mail.address import NeverSent
from net119_reference.registration.ports import AnnouncementKind

STATES: Mapping[State, Label] = {
    State.APPLIED: Label("審査待ち", "Waits for review"),
    State.RETURNED: Label("修正待ち", "Returned to the applicant"),
    State.APPROVED: Label("利用中", "In use"),
    State.CHANGE_PENDING: Label("変更の審査待ち", "Change waits for review"),
    State.EXPIRED: Label("期限切れ", "Expired"),
    State.SUSPENDED: Label("利用停止中", "Suspended"),
    State.REFUSED: Label("登録不可", "Refused"),
    State.STOPPED: Label("本人による利用停止", "Stopped by the person"),
    State.CANCELLED: Label("登録取消し", "Cancelled"),
    State.DESTROYED: Label("データ削除済み", "Data destroyed"),
}

EVENTS: Mapping[str, Label] = {
    "applied": Label("申請した", "applied"),
    "keyed-in": Label("紙の申請を入力した", "paper form keyed in"),
    "terms-accepted": Label("規約に同意した", "terms accepted"),
    "corrected": Label("申請を修正した", "application corrected"),
    "approved": Label("申請を承認した", "application approved"),
    "returned": Label("申請を不備で返した", "application returned"),
    "refused": Label("申請を登録不可とした", "application refused"),
    "change-applied": Label("変更を申請した", "change applied for"),
    "change-approved": Label("変更を承認した", "change approved"),
    "change-rejected": Label("変更を却下した", "change rejected"),
    "change-returned": Label("変更を不備で返した", "change returned"),
    "suspended": Label("利用を停止した", "suspended"),
    "resumed": Label("利用を再開した", "resumed"),
    "stopped": Label("利用をやめた", "stopped"),
    "cancelled": Label("登録を取り消した", "cancelled"),
    "destroyed": Label("データを削除した", "data destroyed"),
    "renewed": Label("登録を更新した", "renewed"),
    "expired": Label("有効期限が過ぎた", "expired"),
    "reminded": Label("更新の案内を送った", "reminder sent"),
    "call-page": Label("通報ページを作った", "call page made"),
    "call-page-replaced": Label(
        "通報ページを別の端末に移した", "call page moved to another device"
    ),
    "call-page-revoked": Label("通報ページを取り消した", "call page revoked"),
    "mail-undeliverable": Label("メールが届かなかった", "mail not delivered"),
    "deletion-requested": Label("データの削除を求めた", "deletion requested"),
    "withdrawn": Label("紙の廃止届を受け付けた", "withdrawal on paper received"),
    "password-issued": Label("パスワードを再発行した", "new password issued"),
}

MAILS: Mapping[str, Label] = {
    "link": Label("登録のご案内", "URL for the application"),
    "already-registered": Label("登録済みのお知らせ", "Registered already"),
    "address-refused": Label("登録できないアドレス", "Address cannot be registered"),
    "received": Label("申請の受付", "Application received"),
    "change-received": Label("変更の受付", "Change received"),
    "completed": Label("登録の完了（ID・パスワード）", "Registration complete (ID, password)"),
    "returned": Label("不備のお知らせ", "Something to correct"),
    "refused": Label("登録不可のお知らせ", "Refusal"),
    "change-approved": Label("変更の完了", "Change made"),
    "change-rejected": Label("変更の却下", "Change rejected"),
    "account-link": Label("変更・停止のURL", "URL for change or stop"),
    "stopped": Label("利用停止の完了", "Stopped"),
    "cancelled": Label("登録取消しのお知らせ", "Cancellation"),
    "suspended": Label("利用停止のお知らせ", "Suspension"),
    "resumed": Label("利用再開のお知らせ", "Resumption"),
    "call-page-replaced": Label("通報ページの移動", "Call page moved"),
    "renewal": Label("更新のご案内", "Reminder to renew"),
    "renewed": Label("更新の完了", "Renewed"),
    "expired": Label("有効期限切れのお知らせ", "Expired"),
    "new-password": Label("新しいパスワード", "New password"),
    "announcement-maintenance": Label("お知らせ（保守）", "Announcement (maintenance)"),
    "announcement-terms": Label("お知らせ（利用規約）", "Announcement (terms)"),
    "announcement-device": Label("お知らせ（端末）", "Announcement (device)"),
    "announcement-other": Label("お知らせ（その他）", "Announcement (other)"),
}

DELIVERIES: Mapping[str, Label] = {
    "queued": Label("送信待ち", "Waits to be sent"),
    "deferred": Label("再送待ち", "Will be tried again"),
    "sent": Label("送信済み", "Sent"),
    "failed": Label("届かなかった（送信拒否）", "Not delivered (refused)"),
    "bounced": Label("届かなかった（返送）", "Not delivered (returned)"),
}

NEVER_SENT: Mapping[NeverSent, Label] = {
    NeverSent.CARRIER: Label(
        "実在の携帯電話会社のアドレスには、この試験環境からメールを送りません。",
        "This testbed sends no mail to addresses of real mobile carriers.",
    ),
    NeverSent.OUTSIDE: Label(
        "あて先が試験用と決められていないので、メールを送れません。",
        "Its host is not declared a test system, so that no mail is sent there.",
    ),
}

ACTIONS: Mapping[str, Label] = {
    "listed": Label("一覧を見た", "Saw a list"),
    "searched": Label("検索した", "Searched"),
    "read": Label("登録情報を見た", "Read a registration"),
    "image-read": Label("本人確認書類を見た", "Saw an identity image"),
    "changed": Label("変更した", "Changed"),
    "disclosed": Label("情報を提供した", "Disclosed data"),
    "called-back": Label("呼び返しのメールを送った", "Sent a callback mail"),
    "dispatched": Label("出動を記録した", "Recorded a dispatch"),
    "blocked": Label("通報を受けないようにした", "Blocked the caller"),
    "audited": Label("記録を見た", "Read this log"),
    "log-in": Label("ログインした", "Logged in"),
    "log-in-refused": Label("ログインに失敗した", "Log-in refused"),
    "log-out": Label("ログアウトした", "Logged out"),
}

PURPOSES: Mapping[str, Label] = {
    "review": Label("審査のため", "Review"),
    "inquiry": Label("本人・家族からの問い合わせ", "Question of the person or the family"),
    "update": Label("登録内容の変更・停止・廃止の手続き", "Change, suspension or withdrawal"),
    "mail": Label("メール不達の確認", "A mail that did not arrive"),
    "upkeep": Label("台帳の整理・確認", "Upkeep of the records"),
    "other": Label("その他（内容を書く）", "Other (say what)"),
}
"""What staff read a registration for; the code is what the audit log keeps."""

_RECORDED: Mapping[str, Label] = {
    "interface C": Label("指令システムの連携", "Interface C"),
    "list": Label("一覧", "List"),
    "expiring": Label("期限の確認", "What expires"),
    "audit": Label("記録の確認", "Audit"),
    "undeliverable mail": Label("届かなかったメール", "Undeliverable mail"),
    "staff pages": Label("職員用ページ", "Staff pages"),
    "console page": Label("指令台", "Console"),
}

ROLES: Mapping[StaffRole, Label] = {
    StaffRole.REVIEWER: Label("審査", "reviewer"),
    StaffRole.CLERK: Label("受付", "clerk"),
    StaffRole.AUDITOR: Label("監査", "auditor"),
    StaffRole.ADMIN: Label("管理", "admin"),
}

KINDS: Mapping[AnnouncementKind, Label] = {
    AnnouncementKind.MAINTENANCE: Label("保守による停止", "Maintenance"),
    AnnouncementKind.TERMS: Label("利用規約の変更", "New terms of use"),
    AnnouncementKind.DEVICE: Label("使えなくなる端末", "Device no longer supported"),
    AnnouncementKind.OTHER: Label("その他", "Other"),
}

ACTORS: Mapping[str, Label] = {
    "system": Label("システム", "system"),
    "registrant": Label("本人", "the person"),
}

COMMON_DEFECTS: Mapping[str, Label] = {
    "unlike-document": Label(
        "本人確認書類と同じ内容を入れてください。",
        "Enter it as it is on the identity document.",
    ),
    "incomplete": Label(
        "内容が足りません。省略せずに最後まで入れてください。",
        "Something is missing. Enter it completely, without abbreviations.",
    ),
    "unreadable": Label(
        "読み取れない文字があります。入れ直してください。",
        "Some characters cannot be read. Enter it again.",
    ),
    "wrong": Label("内容がまちがっています。確かめてください。", "This is wrong. Please check it."),
    "outside": Label(
        "この消防本部の区域の外です。区域内との関わりを入れてください。",
        "This is outside the area of this department. Enter what ties you to the area.",
    ),
    "blurred": Label(
        "画像がぼやけていて読めません。明るい所で撮り直してください。",
        "The picture is blurred. Take it again in good light.",
    ),
    "other-document": Label(
        "本人確認書類ではありません。運転免許証や障害者手帳などの画像をつけてください。",
        "This is no identity document. Attach a driving licence, a disability card or the like.",
    ),
    "expired-document": Label(
        "本人確認書類の期限が切れています。有効なものをつけてください。",
        "The identity document has expired. Attach a valid one.",
    ),
}
"""Texts that staff often write to an applicant."""


FIELDS: Mapping[str, Label] = {
    "to": Label("伝えた相手", "To whom"),
    "why": Label("伝えた理由", "Why"),
    "paper.number": Label("申請書の番号", "Number of the form"),
    "paper.note": Label("メモ", "Note"),
    "form.name": Label("氏名", "Name"),
    "form.mail": Label("メールアドレス", "Mail address"),
    "form.number": Label("届の番号", "Number of the form"),
    "form.note": Label("メモ", "Note"),
    "subject": Label("件名", "Subject"),
    "text": Label("本文", "Text"),
}
"""Names of short texts of staff's, as their forms give them."""


def missing(field: str) -> FieldProblem:
    """Nothing was written into a field; the text names it, for the summary above the form."""
    ja, en = words_of(FIELDS, field)
    return FieldProblem(field, "required", f"{ja}を書いてください。", f"{en}: fill this in.")


def too_long(field: str, length: int, limit: int) -> FieldProblem:
    """A field holds more characters than it may."""
    ja, en = words_of(FIELDS, field)
    return FieldProblem(
        field,
        "too-long",
        f"{ja}は{limit}文字までです（いま{length}文字）。短くしてください。",
        f"{en}: at most {limit} characters (now {length}). Shorten it.",
    )


def words_of(table: Mapping[str, Label], code: str) -> Label:
    """The words for a code; the code itself where there are none, rather than nothing."""
    return table.get(code) or Label(code, code)


def never_sent_words(reason: str) -> Label | None:
    """Why a letter was not even handed to the relay; ``None`` for one that was."""
    for never, text in NEVER_SENT.items():
        if reason.endswith(never):
            ours = Label("（本部の送信元アドレス）", " (the sender address of the department)")
            own = reason.startswith("the sender address ")
            return Label(text.ja + ours.ja, text.en + ours.en) if own else text
    if reason.startswith("the mail address "):
        return Label(
            "メールを送れない形のアドレスです。", "No mail can be sent to such an address."
        )
    return None


def purpose_words(recorded: str) -> Label:
    """Words for a purpose in the audit log: a code of ours, or what somebody wrote."""
    return PURPOSES.get(recorded) or words_of(_RECORDED, recorded)
