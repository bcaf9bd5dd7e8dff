"""The steps of a registration: what each is called, and what must be seen of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from net119_scenarios.words import Words


class Actor(StrEnum):
    """Who acts."""

    APPLICANT = "applicant"
    STAFF = "staff"
    MAIL = "mail"


class Step(StrEnum):
    """The steps; the names are those of the JSON output."""

    EMPTY_MAIL = "empty-mail"
    URL_MAIL = "url-mail"
    TERMS = "terms"
    FORM = "form"
    IMAGE = "image"
    CONFIRM = "confirm"
    SUBMIT = "submit"
    RECEIVED_MAIL = "received-mail"
    STAFF_LOG_IN = "staff-log-in"
    KEY_IN = "key-in"
    REVIEW = "review"
    APPROVE = "approve"
    COMPLETION_MAIL = "completion-mail"
    LOG_IN = "log-in"
    CALL_PAGE = "call-page"


ACTORS: Mapping[Step, Actor] = {
    Step.URL_MAIL: Actor.MAIL,
    Step.RECEIVED_MAIL: Actor.MAIL,
    Step.COMPLETION_MAIL: Actor.MAIL,
    Step.STAFF_LOG_IN: Actor.STAFF,
    Step.KEY_IN: Actor.STAFF,
    Step.REVIEW: Actor.STAFF,
    Step.APPROVE: Actor.STAFF,
}
"""Who takes a step; all others the applicant."""

EXPECTED: Mapping[Step, Words] = {
    Step.EMPTY_MAIL: Words(
        "空メールを、事業者のメールサーバーが受け取る",
        "the provider's mail server takes the empty mail",
    ),
    Step.URL_MAIL: Words(
        "決められた送信元から、申請用URLが1つだけ入ったメールが届く",
        "a mail with exactly one URL comes from the sender that the profile names",
    ),
    Step.TERMS: Words(
        "URLを開くと利用規約が出て、同意すると申請フォームに進む",
        "the URL shows the terms; after agreeing it goes on to the form",
    ),
    Step.FORM: Words(
        "消防本部が求めるすべての項目を入力でき、誤りの表示なしに進む",
        "the form takes everything that the department asks, without a complaint",
    ),
    Step.IMAGE: Words(
        "本人確認書類の画像を送れる", "the picture of the identity document is taken"
    ),
    Step.CONFIRM: Words(
        "確認ページに、入力した内容が表示される",
        "the confirmation page shows what was entered",
    ),
    Step.SUBMIT: Words("申請が受け付けられる", "the application is taken"),
    Step.RECEIVED_MAIL: Words(
        "申請を受け付けたというメールが届く", "a mail says that the application has come in"
    ),
    Step.STAFF_LOG_IN: Words(
        "職員が職員用ページにログインできる", "staff can log in at the staff pages"
    ),
    Step.KEY_IN: Words(
        "職員が申請書の内容と同意を代行入力でき、審査待ちになる",
        "staff can key in the paper form with the consent; it then waits for review",
    ),
    Step.REVIEW: Words(
        "審査待ちの一覧から申請を開くと、審査する内容だけが表示される",
        "opened from the queue, the application shows what is to be reviewed and no more",
    ),
    Step.APPROVE: Words("職員が承認できる", "staff can approve it"),
    Step.COMPLETION_MAIL: Words(
        "URL・ID・パスワードの入った登録完了のメールが届く",
        "the completion mail brings URL, ID and password",
    ),
    Step.LOG_IN: Words(
        "そのIDとパスワードでログインでき、メニューが出る",
        "ID and password open the menu",
    ),
    Step.CALL_PAGE: Words(
        "その人専用の通報ページが作られ、開ける",
        "a personal call page is made, and opens",
    ),
}
"""What must be seen of each step."""


@dataclass(frozen=True)
class Taken:
    """A step that was seen to happen; ``details`` are JSON values that the phrases read."""

    step: Step
    at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Who took it."""
        return ACTORS.get(self.step, Actor.APPLICANT)


@dataclass(frozen=True)
class Failed:
    """The step at which it ended, and what came instead of what was expected."""

    step: Step
    seen: str
