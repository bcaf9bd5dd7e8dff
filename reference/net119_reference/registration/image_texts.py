"""Texts of the mails about an identity image that came as an attachment."""

from dataclasses import replace

from net119_protocol.profile.model import Profile

from net119_reference.registration.mail_texts import MailText, compose

NOTHING_OPEN = (
    "添付の画像は、受け取っていません。\n画像を受け取れるのは、利用規約に同意してから、申請を送るまでの間だけです。",
    "The image you attached was not taken: that is possible only from your consent to the terms "
    "until you have sent the application.",
)
NOT_ASKED = (
    "添付の画像は、受け取っていません。\nこの消防本部の申請に、画像は要りません。",
    "The image you attached was not taken: this department asks for none.",
)
IN_TEXT = (
    "本文の中の画像は、受け取っていません。\n本人確認書類の画像は、ファイルとして添付してください。",
    "Pictures within the text are not taken. Attach the image of your identity card as a file.",
)


def with_aside(text: MailText, aside: tuple[str, str]) -> MailText:
    """The text of another mail, with what became of the attachment in front of it."""
    return replace(text, text=f"{aside[0]}\n{aside[1]}\n\n{text.text}")


def arrived(profile: Profile, sent: int) -> MailText:
    """The image is kept with the draft; ``sent`` is how many came in the mail."""
    ja = f"画像が{sent}枚ありました。最後の1枚だけを使います。\n" if sent > 1 else ""
    en = f"There were {sent} images; only the last one is used. " if sent > 1 else ""
    to = profile.mail.application
    return compose(
        profile,
        "image-arrived",
        "NET119 画像を受け取りました",
        f"本人確認書類の画像を受け取りました。\n{ja}"
        "申請の入力のページを開き直すと、画像を見て確かめられます。\n\n"
        "申請は、まだ送られていません。入力の続きをして、送ってください。\n"
        f"画像を替えたいときは、新しい画像を {to} に送ってください。\n"
        "最後に届いた画像を使います。\n\n"
        "自分で送った覚えがないときは、申請のページで画像を確かめて、"
        "正しい画像を送り直してください。",
        f"The image that proves your identity has arrived. {en}Open the form again to look at it. "
        "The application itself has not been sent yet. To replace the image, send another one to "
        f"{to}. If it was not you who sent it, check the image at the form and send the right one.",
    )


def refused(profile: Profile, why_ja: str, why_en: str) -> MailText:
    """The image cannot be used."""
    to = profile.mail.application
    return compose(
        profile,
        "image-refused",
        "NET119 画像を受け取れませんでした",
        f"送っていただいた画像は、受け取れませんでした。\n理由: {why_ja}\n\n"
        f"JPEGかPNGの画像を添付して、{to} にもう一度送ってください。\n"
        "前に受け取った画像があれば、そのまま残っています。\n"
        "申請のURLがわからないときは、何も添付しないメールを送ってください。",
        f"The image you sent could not be taken: {why_en} Attach a JPEG or PNG and send it to {to} "
        "again. An image that arrived before is kept. If you need the URL, send a mail without an "
        "attachment.",
    )


def not_taken(profile: Profile, aside: tuple[str, str]) -> MailText:
    """The image is not used, and nothing else is to be told."""
    return compose(profile, "image-refused", "NET119 画像を受け取れませんでした", *aside)
