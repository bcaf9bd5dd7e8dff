"""What can be wrong with an application besides the profile's own check."""

from collections.abc import Mapping

from net119_protocol.profile.check import FieldProblem

from net119_reference.mail.address import NeverSent

TERMS = FieldProblem(
    "", "terms", "利用規約に同意してください。", "Agree to the terms of use first."
)
NOTHING = FieldProblem("", "nothing", "申請の内容を入力してください。", "Fill in the form first.")
DUPLICATE_MAIL = FieldProblem(
    "data.mail",
    "duplicate-mail",
    "このメールアドレスは、すでに登録されているか、申請中です。",
    "This mail address is registered, or applied for, already.",
)
NEVER_SENT: Mapping[NeverSent, FieldProblem] = {
    NeverSent.CARRIER: FieldProblem(
        "data.mail",
        "carrier-mail",
        "実在の携帯電話会社のアドレスには、この試験環境からメールを送りません。"
        "試験用のアドレス（例: hanako@mail.example）を入れてください。",
        "This testbed sends no mail to addresses of real mobile carriers. Enter an address for "
        "tests, such as hanako@mail.example.",
    ),
    NeverSent.OUTSIDE: FieldProblem(
        "data.mail",
        "outside-mail",
        "このアドレスのあて先は試験用と決められていないので、メールを送れません。"
        "試験用のアドレス（例: hanako@mail.example）を入れてください。",
        "No mail can be sent to this address, because its host is not declared a test system. "
        "Enter an address for tests, such as hanako@mail.example.",
    ),
}
"""Addresses that the safety interlock never lets a letter go to."""
UNCHANGED = FieldProblem(
    "",
    "unchanged",
    "変更された項目がありません。変更するところを入力してください。",
    "Nothing has been changed. Enter what is to be changed.",
)
CONSENT = FieldProblem(
    "paper.consent_signed",
    "required",
    "同意書に署名がありません。署名のある同意書が必要です。",
    "The consent is not signed. A signed consent is needed.",
)
RECEIVED_ON = FieldProblem(
    "paper.received_on",
    "in-the-future",
    "受付日が今日より後の日付です。正しい日付を入力してください。",
    "The day of receipt is in the future. Enter the right day.",
)
OTHER_PERSON = FieldProblem(
    "form.last_filed",
    "other-person",
    "届の氏名・生年月日・メールアドレスが、登録されている内容と違います。届と登録を確かめてください。",
    "Name, date of birth or mail address of the form are not those on record. Compare the form "
    "with the record.",
)
WITHDRAWAL_SIGNED = FieldProblem(
    "form.signed",
    "required",
    "利用をやめる届に署名がありません。署名のある届が必要です。",
    "The withdrawal form is not signed. A signed form is needed.",
)
GUARDIAN_SIGNED = FieldProblem(
    "paper.guardian_signed",
    "required",
    "保護者の署名がありません。未成年の方の申請には、保護者の署名が必要です。",
    "The guardian has not signed. For a minor, the guardian's signature is needed.",
)
