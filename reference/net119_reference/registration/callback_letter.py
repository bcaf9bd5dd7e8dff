"""The callback mail: who calls back, about which call, one URL, one thing to do (CNB-31).

It says nothing that the mail's carrier need not know: no place, and no kind of emergency.
"""

from datetime import datetime

from net119_protocol.callback_texts import mark
from net119_protocol.codes import Mode
from net119_protocol.labels import label
from net119_protocol.person import DepartmentRef
from net119_protocol.profile.model import Profile

from net119_reference.registration.mail_texts import JAPAN, MailText, compose

KIND = "callback"
"""Its name in the outbox, where it goes first."""


def callback_letter(
    profile: Profile,
    asks: DepartmentRef,
    mode: Mode,
    opened_at: datetime,
    url: str,
    until: datetime,
) -> MailText:
    """The letter.

    Args:
        asks: the department that calls back; not always the one whose mail it is.
        opened_at: when the caller made the call.
    """
    called, end = opened_at.astimezone(JAPAN), until.astimezone(JAPAN)
    live = mode is Mode.LIVE
    what = "119番通報" if live else f"{label(mode, 'ja')}の通報"
    what_en = "your 119 call" if live else f"your {label(mode, 'en').lower()} call"
    ja = (
        f"{asks.name_ja}から、呼び返しです。\n"
        f"{called.month}月{called.day}日 {called:%H:%M}の{what}について、"
        "もう一度チャットでうかがいます。\n\n"
        f"次のURLを開いて、「チャットを再開する」を押してください。\n\n{url}\n\n"
        f"このURLは、この通報だけに使えます（{end.month}月{end.day}日 {end:%H:%M}まで）。\n"
        "ほかの人に教えないでください。"
    )
    en = (
        f"{asks.name_en} calls you back about {what_en} of {called:%B} {called.day}, "
        f"{called:%H:%M}. Open the URL above and press the button to go on with the chat "
        f"(until {end:%B} {end.day}, {end:%H:%M}). Do not pass it on."
    )
    if not live:
        ja = f"これは{label(mode, 'ja')}です。本当の通報ではありません。\n\n{ja}"
        en = f"This is a {label(mode, 'en').lower()}, not a real call. {en}"
    subject = f"{mark(mode)}NET119 消防からの呼び返しです"
    return compose(profile, KIND, subject, ja, en)
