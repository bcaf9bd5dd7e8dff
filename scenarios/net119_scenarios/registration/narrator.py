"""Tells a registration to people, in Japanese or English, in 80 columns."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from net119_protocol.labels import Language
from net119_protocol.profile.words import word
from rich.cells import cell_len

from net119_scenarios.layout import WIDTH, columns, wrap
from net119_scenarios.registration.plan import RegistrationPlan
from net119_scenarios.registration.stage import RegistrationStage
from net119_scenarios.registration.steps import EXPECTED, Actor, Failed, Step, Taken
from net119_scenarios.result import Result
from net119_scenarios.words import Words

_TIME_WIDTH, _ACTOR_WIDTH, _LEFT = 8, 10, 14
_ACTORS = {
    Actor.APPLICANT: Words("申請者", "applicant"),
    Actor.STAFF: Words("職員", "staff"),
    Actor.MAIL: Words("メール", "mail"),
}

Details = Mapping[str, Any]


def opening(language: Language, width: int) -> list[str]:
    """The first lines: this is an exercise."""
    rule = "=" * width
    if language == "ja":
        title = "NET119 模擬登録 ── これは試験です ──"
        text = (
            "メールもページも本物の通信で、この機器の中（127.x.x.x）だけで行います。"
            "人物・本人確認書類・電話番号・メールアドレスは架空です。"
        )
    else:
        title = "NET119 simulated registration -- this is a TEST --"
        text = (
            "Mail and pages are real traffic, all of it on this machine (127.x.x.x). People, "
            "identity documents, phone numbers and mail addresses are fictional."
        )
    return [rule, title, *wrap(text, width), rule]


class RegistrationNarrator:
    """Writes lines of at most ``width`` columns; ``began``, once set, is second 0.00."""

    def __init__(self, language: Language, width: int = WIDTH) -> None:
        self.language = language
        self.width = width
        self.began: datetime | None = None
        self._by_step: Mapping[Step, Callable[[Details], list[str]]] = {
            Step.EMPTY_MAIL: self._empty_mail,
            Step.URL_MAIL: self._url_mail,
            Step.TERMS: self._terms,
            Step.FORM: self._form,
            Step.IMAGE: self._image,
            Step.CONFIRM: self._confirm,
            Step.SUBMIT: self._submit,
            Step.RECEIVED_MAIL: self._mail,
            Step.STAFF_LOG_IN: self._staff_log_in,
            Step.KEY_IN: self._key_in,
            Step.REVIEW: self._review,
            Step.APPROVE: self._approve,
            Step.COMPLETION_MAIL: self._completion_mail,
            Step.LOG_IN: self._log_in,
            Step.CALL_PAGE: self._call_page,
        }

    def say(self, *, ja: str, en: str) -> str:
        """The one in the language in use."""
        return ja if self.language == "ja" else en

    # --- before -----------------------------------------------------------------------------

    def introduction(self, plan: RegistrationPlan) -> list[str]:
        """Who registers where, and by which way."""
        say, application = self.say, plan.person.application
        data, profile = application.data, plan.profile
        name = profile.name.ja if self.language == "ja" else profile.name.en
        basis = word(application.basis)
        person = say(
            ja=f"{data.name}さん（{data.birth_date.year}年生まれ）{data.address.one_line()}",
            en=f"{data.name} (born {data.birth_date.year}), {data.address.one_line()}",
        )
        way = say(ja="空メールとスマートフォンのページ", en="empty mail, pages on a smartphone")
        if not plan.by_mail:
            way = say(
                ja="紙の申請書と同意書を窓口に持参し、職員が代行入力",
                en="paper form and consent brought in person, keyed in by staff",
            )
        lines = ["", f"■ {say(ja='準備', en='Preparation')}"]
        lines += self._item(say(ja="申請者", en="applicant"), person)
        if application.guardian is not None:
            guardian = application.guardian
            text = say(
                ja=f"{guardian.name}さん（{guardian.relation}。未成年のため保護者が申請）",
                en=f"{guardian.name} ({guardian.relation}; applies for a minor)",
            )
            lines += self._item(say(ja="保護者", en="guardian"), text)
        lines += self._item(say(ja="申請先", en="department"), name)
        lines += self._item(
            say(ja="申請の理由", en="because"), basis.ja if self.language == "ja" else basis.en
        )
        return [*lines, *self._item(say(ja="方法", en="way"), way)]

    def started(self, plan: RegistrationPlan, stage: RegistrationStage) -> list[str]:
        """The provider stands."""
        text = self.say(
            ja=f"{stage.provider}（{stage.base_url}）とメールサーバーを起動しました"
            f"（{stage.seconds:g}秒）",
            en=f"{stage.provider} ({stage.base_url}) and the mail server are up "
            f"({stage.seconds:g} s)",
        )
        lines = self._item(self.say(ja="事業者", en="provider"), text)
        if not plan.by_mail:
            who = self.say(
                ja="保護者が本人と" if plan.person.application.guardian else "本人が",
                en="guardian and child come"
                if plan.person.application.guardian
                else "the applicant comes",
            )
            text = self.say(
                ja=f"{who}窓口に来て、登録申請書と、署名した同意書を出しました",
                en=f"{who} to the office and hand in the form and the signed consent",
            )
            lines += self._item(self.say(ja="窓口", en="office"), text)
        return [*lines, "", f"■ {self.say(ja='登録', en='The registration')}"]

    def _item(self, left: str, text: str) -> list[str]:
        return columns(f"  {left}", text, left_width=_LEFT, width=self.width)

    # --- steps ------------------------------------------------------------------------------

    def tell(self, told: Taken | Failed) -> list[str]:
        """The lines of a step."""
        if isinstance(told, Failed):
            return self._failure(told)
        left = f"{self._time(told.at)}  {_ACTORS[told.actor].of(self.language)}"
        width = _TIME_WIDTH + 2 + _ACTOR_WIDTH
        first, *more = self._by_step[told.step](told.details)
        lines = columns(left, first, left_width=width, width=self.width)
        for text in more:
            lines += columns("", text, left_width=width, width=self.width)
        return lines

    def plain(self, taken: Taken) -> str:
        """The same as one text."""
        return " ".join(self._by_step[taken.step](taken.details))

    def seconds(self, at: datetime) -> float | None:
        """Seconds since the registration began."""
        return round((at - self.began).total_seconds(), 3) if self.began else None

    def _time(self, at: datetime) -> str:
        seconds = self.seconds(at)
        text = "" if seconds is None else self.say(ja=f"{seconds:.2f}秒", en=f"{seconds:.2f} s")
        return " " * (_TIME_WIDTH - cell_len(text)) + text

    def _failure(self, failed: Failed) -> list[str]:
        expected = EXPECTED[failed.step].of(self.language)
        lines = ["", self.say(ja="× ここで止まりました", en="x It ended here")]
        lines += self._item(self.say(ja="手順", en="step"), failed.step.value)
        lines += self._item(self.say(ja="予定", en="expected"), expected)
        return [*lines, *self._item(self.say(ja="実際", en="instead"), failed.seen)]

    def _empty_mail(self, told: Details) -> list[str]:
        return [
            self.say(
                ja=f"{told['to']} に空メールを送る", en=f"sends an empty mail to {told['to']}"
            ),
            self.say(ja=f"差出人 {told['sender']}", en=f"from {told['sender']}"),
        ]

    def _mail(self, told: Details) -> list[str]:
        return [
            self.say(ja=f"件名「{told['subject']}」が届く", en=f"「{told['subject']}」 arrives"),
            self.say(ja=f"差出人 {told['sender']}", en=f"from {told['sender']}"),
        ]

    def _url_mail(self, told: Details) -> list[str]:
        return [*self._mail(told), f"URL {told['url']}"]

    def _terms(self, told: Details) -> list[str]:
        return [
            self.say(
                ja=f"URLを開く。「{told['heading']}」（{told['version']}版）を読み、同意して次へ",
                en=f"opens the URL: 「{told['heading']}」 (version {told['version']}); reads, "
                "agrees and goes on",
            )
        ]

    def _form(self, told: Details) -> list[str]:
        items = self.say(ja="、", en=", ").join(each[self.language] for each in told["items"])
        return [self.say(ja=f"フォームに入力: {items}", en=f"fills in the form: {items}")]

    def _image(self, told: Details) -> list[str]:
        size = f"{told['octets'] / 1024:.0f} KB"
        return [
            self.say(
                ja=f"身分証の写真（見本、{size}、撮影位置つき）を添える",
                en=f"adds the picture of a card (specimen, {size}, with its position)",
            )
        ]

    def _confirm(self, told: Details) -> list[str]:
        return [
            self.say(ja="確認ページで内容を見る", en="looks at the confirmation page"),
            f"{told['name']} / {told['street']} / {told['mail']}",
        ]

    def _submit(self, told: Details) -> list[str]:
        return [
            self.say(ja=f"申請する。「{told['heading']}」", en=f"submits: 「{told['heading']}」")
        ]

    def _staff_log_in(self, told: Details) -> list[str]:
        return [
            self.say(
                ja=f"{told['name']}が職員用ページにログインする",
                en=f"{told['name']} logs in at the staff pages",
            )
        ]

    def _key_in(self, told: Details) -> list[str]:
        lines = [
            self.say(
                ja=f"申請書（受付番号 {told['number']}）を代行入力し、同意の署名を確かめる",
                en=f"keys in the form (number {told['number']}), the consent being signed",
            )
        ]
        if told["guardian"]:
            lines.append(
                self.say(
                    ja=f"未成年なので、保護者 {told['guardian']}さんの署名も確かめる",
                    en=f"a minor: {told['guardian']} has signed as the guardian, too",
                )
            )
        return lines

    def _review(self, told: Details) -> list[str]:
        lines = [
            self.say(ja="審査待ちの一覧から申請を開く", en="opens the application from the queue")
        ]
        if told["image"]:
            size = f"{told['image'] / 1024:.0f} KB"
            lines.append(
                self.say(
                    ja=f"身分証の画像を確かめる（{size}。撮影位置などは消されている）",
                    en=f"looks at the picture ({size}; the camera's data are gone)",
                )
            )
        if told["sealed"]:
            lines.append(
                self.say(
                    ja="任意の項目は表示されない（通報のときまで封印）",
                    en="optional data are not shown (sealed until a call)",
                )
            )
        return lines

    def _approve(self, told: Details) -> list[str]:
        return [self.say(ja="承認する", en="approves")]

    def _completion_mail(self, told: Details) -> list[str]:
        return [
            *self._mail(told),
            f"URL {told['url']}",
            self.say(
                ja=f"ID {told['login_id']}、パスワードあり",
                en=f"ID {told['login_id']}, and a password",
            ),
        ]

    def _log_in(self, told: Details) -> list[str]:
        return [
            self.say(
                ja=f"届いたIDとパスワードでログインする。「{told['heading']}」",
                en=f"logs in with ID and password: 「{told['heading']}」",
            )
        ]

    def _call_page(self, told: Details) -> list[str]:
        return [
            self.say(
                ja="自分専用の通報ページを作り、開く",
                en="makes the personal call page and opens it",
            ),
            f"URL {told['url']}",
        ]

    # --- the end ----------------------------------------------------------------------------

    def conclusion(self, result: Result) -> list[str]:
        """What was seen of each step, and the end in one line."""
        say = self.say
        lines = ["", f"■ {say(ja='確認', en='Checks')}"]
        marks = {True: say(ja="  よし", en="  ok"), False: say(ja="  不可", en="  FAIL")}
        not_reached = say(ja="  未到達", en="  not reached")
        every = bool(result.checks) and all(check.reached for check in result.checks)
        left = 8 if every else cell_len(not_reached) + 2
        for check in result.checks:
            mark = marks[check.held] if check.reached else not_reached
            text = check.words.of(self.language)
            lines += columns(mark, text, left_width=left, width=self.width)
        end = result.summary.of(self.language)
        if not result.ok:
            failed = sum(check.reached and not check.held for check in result.checks)
            skipped = sum(not check.reached for check in result.checks)
            end = say(
                ja=f"登録は最後まで進みませんでした（不可{failed}件、未到達{skipped}件）。",
                en=f"The registration was not completed ({failed} failed, {skipped} not reached).",
            )
        return [*lines, "", *wrap(end, self.width)]
