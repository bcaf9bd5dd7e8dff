"""Texts of the mails about registration: plain Japanese with the same in English, one action each.

Personal data other than the person's own name do not appear, passwords in one mail only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Profile

from net119_reference.registration.expiry import last_valid_day
from net119_reference.registration.item_names import label_of_path

JAPAN = ZoneInfo("Asia/Tokyo")
_RULE = "-" * 20


@dataclass(frozen=True)
class MailText:
    """Subject and body of a mail; ``kind`` is its stable name in the outbox."""

    kind: str
    subject: str
    text: str


def application_link(profile: Profile, url: str, until: datetime) -> MailText:
    """Answer to the empty mail (TOM-08)."""
    return compose(
        profile,
        "link",
        "NET119 登録のご案内",
        f"NET119の登録を受け付けます。\n次のURLを開いて、登録の申請をしてください。\n\n{url}\n\n"
        f"このURLは、申請を送るまで、何度でも開けます（{_ja(until)}まで）。\n"
        "心当たりのない方は、このメールを消してください。",
        "Open the URL above to apply for NET119, as often as you like until you have sent the "
        f"application, at the latest {_en(until)}. If you did not ask for it, delete this mail.",
    )


def already_registered(profile: Profile) -> MailText:
    """An empty mail came from an address that has a registration."""
    return compose(
        profile,
        "already-registered",
        "NET119 登録済みのメールアドレスです",
        "このメールアドレスは、すでにNET119に登録されているか、申請中です。\n"
        "新しく申請することはできません。\n"
        "登録の変更や利用の停止は、NET119にログインして、メニューから行ってください。",
        "This mail address is registered for NET119, or applied for, already. To change or stop a "
        "registration, log in and use the menu.",
    )


def address_refused(profile: Profile, why_ja: str, why_en: str) -> MailText:
    """The address breaks the profile's rule (TOM-06, CNB-16)."""
    return compose(
        profile,
        "address-refused",
        "NET119 このメールアドレスは登録できません",
        f"このメールアドレスは、NET119に登録できません。\n理由: {why_ja}\n\n"
        "メールアドレスを変えてから、もう一度空メールを送ってください。",
        f"This mail address cannot be registered: {why_en} Change your address and send an empty "
        "mail again.",
    )


def received(profile: Profile, name: str) -> MailText:
    """An application has come in."""
    return compose(
        profile,
        "received",
        "NET119 申請を受け付けました",
        f"{name} 様\n\nNET119の登録の申請を受け付けました。\n"
        "審査の結果は、メールでお知らせします。",
        "We have received your application for NET119. You will get the result by mail.",
    )


def change_received(profile: Profile, name: str) -> MailText:
    """A change has come in."""
    return compose(
        profile,
        "change-received",
        "NET119 変更の申請を受け付けました",
        f"{name} 様\n\n登録内容の変更の申請を受け付けました。\n"
        "審査の結果は、メールでお知らせします。",
        "We have received the change of your registration. You will get the result by mail.",
    )


def completed(profile: Profile, name: str, url: str, login_id: str, password: str) -> MailText:
    """The registration is complete (TOM-18, CTS-16)."""
    return compose(
        profile,
        "completed",
        "NET119 登録が完了しました",
        f"{name} 様\n\nNET119の登録が完了しました。\n"
        f"次のURLを開いて、IDとパスワードでログインしてください。\n\n{url}\n\n"
        f"ID: {login_id}\nパスワード: {password}\n\n"
        "IDとパスワードは、ほかの人に教えないでください。",
        "Your registration for NET119 is complete. Open the URL above and log in with the ID and "
        "the password. Tell them to nobody.",
    )


def new_password(
    profile: Profile, name: str, url: str, login_id: str, password: str, *, page_ended: bool
) -> MailText:
    """A new password for who lost the old one."""
    ja = (
        "前の端末の通報画面は使えなくなりました。新しい端末でログインして、作り直してください。\n\n"
        if page_ended
        else ""
    )
    en = " The call page of the old device no longer works; make a new one." if page_ended else ""
    return compose(
        profile,
        "new-password",
        "NET119 新しいパスワードのお知らせ",
        f"{name} 様\n\n新しいパスワードをお知らせします。前のパスワードは使えなくなりました。\n"
        f"次のURLを開いて、ログインしてください。\n\n{url}\n\n"
        f"ID: {login_id}\nパスワード: {password}\n\n{ja}"
        "IDとパスワードは、ほかの人に教えないでください。",
        "This is your new password for NET119; the old one no longer works. Open the URL above and "
        f"log in. Tell ID and password to nobody.{en}",
    )


def returned(
    profile: Profile, name: str, defects: Iterable[FieldProblem], url: str, until: datetime
) -> MailText:
    """Something is wrong with an application or a change (TOM-17)."""
    defects = tuple(defects)
    ja = "\n".join(f"・{label_of_path(each.path, 'ja')}: {each.ja}" for each in defects)
    en = "\n".join(f"- {label_of_path(each.path, 'en')}: {each.en}" for each in defects)
    return compose(
        profile,
        "returned",
        "NET119 申請内容の修正のお願い",
        f"{name} 様\n\n申請の内容に、直していただきたいところがあります。\n\n{ja}\n\n"
        f"次のURLを開いて、直してください。\n\n{url}\n\n"
        f"このURLは、申請を送るまで、何度でも開けます（{_ja(until)}まで）。",
        f"Please correct your application:\n{en}\nOpen the URL above, as often as you like until "
        f"you have sent the application, at the latest {_en(until)}.",
    )


def refused(profile: Profile, name: str, reason: str) -> MailText:
    """An application was refused (ASO-02)."""
    return compose(
        profile,
        "refused",
        "NET119 審査の結果",
        f"{name} 様\n\n審査の結果、NET119の登録はできませんでした。\n理由: {reason}",
        f"Your application for NET119 was refused. Reason: {reason}",
    )


def change_approved(profile: Profile, name: str) -> MailText:
    """A change is in force (TOM-20)."""
    return compose(
        profile,
        "change-approved",
        "NET119 登録内容を変更しました",
        f"{name} 様\n\n申請のとおり、登録内容を変更しました。",
        "Your registration has been changed as you applied.",
    )


def change_rejected(profile: Profile, name: str, reason: str) -> MailText:
    """A change was rejected (TOM-26)."""
    return compose(
        profile,
        "change-rejected",
        "NET119 登録内容は変更されませんでした",
        f"{name} 様\n\n審査の結果、登録内容は変更されませんでした。\n理由: {reason}\n\n"
        "これまでの登録内容のまま、NET119をお使いいただけます。",
        f"Your registration was not changed. Reason: {reason} It goes on as it was.",
    )


def account_link(profile: Profile, name: str, url: str, until: datetime) -> MailText:
    """URL for change or stop (TOM-20, TOM-21, TOM-26)."""
    return compose(
        profile,
        "account-link",
        "NET119 登録の変更・利用の停止",
        f"{name} 様\n\n次のURLを開くと、登録内容の変更または利用の停止ができます。\n\n{url}\n\n"
        f"このURLは、変更の申請を送るか利用を停止するまで、何度でも開けます（{_ja(until)}まで）。\n"
        "心当たりのない方は、下の窓口に知らせてください。",
        "Open the URL above to change or stop your registration, as often as you like until you "
        f"have sent the change or stopped, at the latest {_en(until)}. If you did not ask for "
        "it, tell the office below.",
    )


def stopped(profile: Profile, name: str) -> MailText:
    """The registrant has stopped (TOM-21, TOM-22)."""
    return compose(
        profile,
        "stopped",
        "NET119 利用を停止しました",
        f"{name} 様\n\nNET119の利用を停止しました。\nこれからは、NET119で通報できません。",
        "Your NET119 registration has been stopped. You can no longer call with it.",
    )


def cancelled(profile: Profile, name: str, reason: str) -> MailText:
    """The department has ended the registration (ASO-03)."""
    return compose(
        profile,
        "cancelled",
        "NET119 登録を取り消しました",
        f"{name} 様\n\nNET119の登録を取り消しました。\n理由: {reason}\n\n"
        "これからは、NET119で通報できません。",
        f"Your NET119 registration was cancelled. Reason: {reason} You can no longer call with it.",
    )


def suspended(profile: Profile, name: str, reason: str) -> MailText:
    """Calls are not taken for now (CNB-34)."""
    return compose(
        profile,
        "suspended",
        "NET119 利用を一時停止しました",
        f"{name} 様\n\nNET119の利用を一時停止しました。\n理由: {reason}\n\n"
        "再開については、下の窓口にお問い合わせください。",
        f"Your NET119 registration is suspended. Reason: {reason} Ask the office below.",
    )


def resumed(profile: Profile, name: str) -> MailText:
    """Calls are taken again."""
    return compose(
        profile,
        "resumed",
        "NET119 利用を再開しました",
        f"{name} 様\n\nNET119の利用を再開しました。これまでと同じように通報できます。",
        "Your NET119 registration is in force again.",
    )


def page_replaced(profile: Profile, name: str) -> MailText:
    """Another device has got the call page (CNB-10)."""
    return compose(
        profile,
        "call-page-replaced",
        "NET119 通報ページが別の端末に移りました",
        f"{name} 様\n\n別の端末で、新しい通報ページが作られました。\n"
        "これまでの端末の通報ページは使えません。\n心当たりのない方は、下の窓口に知らせてください。",
        "A call page was made on another device; the old one no longer works. If that was not you, "
        "tell the office below.",
    )


def renewal_link(profile: Profile, name: str, expires: datetime, url: str) -> MailText:
    """Reminder whose URL renews (ASO-13)."""
    return compose(
        profile,
        "renewal",
        "NET119 登録の更新のお願い",
        f"{name} 様\n\nNET119の登録の期限は{_last_day(expires)}です。\n"
        f"続けて使うときは、次のURLを開いて更新してください。\n\n{url}",
        f"Your NET119 registration is valid until {_last_day_en(expires)}. To go on, "
        "open the URL above and renew it.",
    )


def renewal_reply(profile: Profile, name: str, expires: datetime) -> MailText:
    """Reminder that is to be answered (CNB-24)."""
    return compose(
        profile,
        "renewal",
        "NET119 利用を続けるかどうかの確認",
        f"{name} 様\n\nNET119の登録の期限は{_last_day(expires)}です。\n"
        "続けて使うときは、このメールにそのまま返信してください。",
        f"Your NET119 registration is valid until {_last_day_en(expires)}. To go on, "
        "answer this mail.",
    )


def expired(profile: Profile, name: str, expires: datetime, url: str | None) -> MailText:
    """The registration has expired; calls are still taken until it is suspended.

    ``url`` renews it; without one, an answer to the mail does.
    """
    how = (
        f"次のURLを開いて更新してください。\n\n{url}"
        if url
        else "このメールにそのまま返信してください。"
    )
    how_en = "open the URL above and renew it" if url else "answer this mail"
    days = profile.validity.suspend_after_days
    ja = f"このままでは、期限から{days}日で利用が停止になります。" if days else ""
    en = f" Otherwise it is suspended {days} days after that day." if days else ""
    return compose(
        profile,
        "expired",
        "NET119 登録の期限が切れました",
        f"{name} 様\n\nNET119の登録の期限（{_last_day(expires)}）が過ぎました。{ja}\n"
        f"続けて使うときは、{how}",
        f"Your NET119 registration was valid until {_last_day_en(expires)}. To go on, "
        f"{how_en}.{en}",
    )


def renewed(profile: Profile, name: str, expires: datetime) -> MailText:
    """The registration goes on."""
    return compose(
        profile,
        "renewed",
        "NET119 登録を更新しました",
        f"{name} 様\n\nNET119の登録を更新しました。\n新しい期限は{_last_day(expires)}です。",
        f"Your NET119 registration was renewed. It is now valid until {_last_day_en(expires)}.",
    )


def announcement(profile: Profile, kind: str, subject: str, text: str) -> MailText:
    """What staff wrote to all, with whom to ask."""
    return MailText(f"announcement-{kind}", subject, f"{text}\n\n{_foot(profile)}")


def compose(profile: Profile, kind: str, subject: str, ja: str, en: str) -> MailText:
    """A mail of ours: Japanese, the same in English, whom to ask."""
    return MailText(kind, subject, f"{ja}\n\n{_RULE}\n{en}\n\n{_foot(profile)}")


def _foot(profile: Profile) -> str:
    return (
        f"{_RULE}\n{profile.name.ja} {profile.name.en}\n"
        f"お問い合わせ Contact:\n{profile.contact.ja}\n{profile.contact.en}\n"
    )


def _day(moment: datetime) -> str:
    local = moment.astimezone(JAPAN)
    return f"{local.year}年{local.month}月{local.day}日"


def _last_day(expires: datetime) -> str:
    last = last_valid_day(expires)
    return f"{last.year}年{last.month}月{last.day}日"


def _last_day_en(expires: datetime) -> str:
    return f"{last_valid_day(expires):%d %B %Y}"


def _ja(moment: datetime) -> str:
    local = moment.astimezone(JAPAN)
    return f"{_day(moment)}{local.hour}時{local.minute:02d}分"


def _en(moment: datetime) -> str:
    return f"{moment.astimezone(JAPAN):%H:%M on %d %B %Y} (Japan time)"
