"""Sentences of the narration: one function for each kind of happening."""

from collections.abc import Callable, Mapping
from typing import Any

from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    Kind,
    Mode,
    PlaceChoice,
    RejectReason,
    SenderRole,
)
from net119_protocol.labels import Language, label

from net119_scenarios.happening import Happening, What
from net119_scenarios.words import GLOSS, MESSAGES, RADIO, REFUSALS, RULES

Details = Mapping[str, Any]

_PHONE_NOW = frozenset(
    {
        NoticeCode.CALL_HOME_NOT_ADOPTED,
        NoticeCode.CALL_HOME_ADOPTED_SOON,
        NoticeCode.CALL_HOME_PLANNED_STOP,
        NoticeCode.CALL_HOME_PEER_DOWN,
        NoticeCode.CALL_HOME_PEER_MAINTENANCE,
        NoticeCode.CALL_HOME_PEER_OVERLOADED,
        NoticeCode.CALL_HOME_PEER_NO_CONSOLE,
        NoticeCode.CALL_HOME_OFFER_EXPIRED,
        NoticeCode.CALL_HOME_PEER_REJECTED,
        NoticeCode.CALL_HOME_PEER_SILENT,
        NoticeCode.CALL_HOME_AT_SEA,
        NoticeCode.TAKEN_HOME,
        NoticeCode.TAKEN_HOME_UNANSWERED,
    }
)


class Phrases:
    """Sentences in one language; each method returns a sentence and what stands below it."""

    def __init__(self, language: Language) -> None:
        self.language = language
        # Names that people write in Japanese, learned from what they were shown.
        self._english: dict[str, str] = {}
        self._by_kind: dict[What, Callable[[Details], list[str]]] = {
            What.CALLED: self._called,
            What.REFUSED: self._refused,
            What.ROUTED: self._routed,
            What.WIRE: self._wire,
            What.SHOWN: self._shown,
            What.PASSED_ON: self._passed_on,
            What.DISPATCHER_TOLD: self._dispatcher_told,
            What.CALLER_TOLD: self._caller_told,
            What.CALLER_SEES: self._caller_sees,
            What.ANSWER_PRESSED: self._answer_pressed,
            What.CLOSE_PRESSED: self._close_pressed,
            What.LINE: self._line,
            What.HOME_TAKES_OVER: self._home_takes_over,
            What.RECORDED: self._recorded,
            What.BROKEN_OFF: self._broken_off,
            What.RADIO: self._radio,
            What.DROPPED: self._dropped,
            What.RESUMED: self._resumed,
        }

    def of(self, happening: Happening) -> list[str]:
        """The sentence, then the lines that belong to it."""
        return self._by_kind[happening.what](happening.details)

    def say(self, *, ja: str, en: str) -> str:
        """The one in the language in use."""
        return ja if self.language == "ja" else en

    def name(self, department: Mapping[str, str]) -> str:
        """A department's name."""
        return department[self.language]

    def quoted(self, text: str, meaning: str | None = None) -> str:
        """Words of the chat, with their meaning, if it is known, for a reader of English."""
        if self.language == "ja":
            return f"「{text}」"
        meaning = meaning or GLOSS.get(text)
        return f"「{text}」 ({meaning})" if meaning else f"「{text}」"

    def phone(self, contact: Mapping[str, str]) -> str:
        """Whom to phone, with the number, marked as fictional where it is."""
        real = contact["phone"] == "118"
        mark = "" if real else self.say(ja="（架空の番号）", en=" (fictional number)")
        return f"{self.name(contact)} {contact['phone']}{mark}"

    def _radio(self, told: Details) -> list[str]:
        words = RADIO.get(told["radio"])
        what = words.of(self.language) if words else told["radio"]
        seconds = told["seconds"]
        lasts = self.say(ja=f"（{seconds:g}秒）", en=f" ({seconds:g} s)") if seconds else ""
        return [self.say(ja=f"電波: {what}{lasts}", en=f"radio: {what}{lasts}")]

    def _dropped(self, _told: Details) -> list[str]:
        return [self.say(ja="通報端末の接続が切れた", en="the phone's connection is gone")]

    def _resumed(self, _told: Details) -> list[str]:
        return [
            self.say(
                ja="つなぎ直し、間の発言を受け取る", en="connects again and gets what was missed"
            )
        ]

    def _called(self, told: Details) -> list[str]:
        kind = label(Kind(told["kind"]), self.language)
        place = label(PlaceChoice(told["place"]), self.language)
        mode = label(Mode(told["mode"]), self.language)
        return [
            self.say(
                ja=f"スマートフォンで「{kind}」「{place}」を選んで通報（{mode}）",
                en=f'calls with the smartphone: "{kind}", "{place}" (mode: {mode})',
            )
        ]

    def _refused(self, told: Details) -> list[str]:
        words = REFUSALS.get(told["code"])
        reason = words.of(self.language) if words else told["code"]
        heading = self.say(
            ja=f"通報を受け付けない（{reason}）。通報者の画面:",
            en=f"refuses the call ({reason}). The caller's screen:",
        )
        shown = (told[f"message_{self.language}"], told[f"other_means_{self.language}"])
        return [heading, *(self._screen(text) for text in shown if text)]

    def _routed(self, told: Details) -> list[str]:
        rule = RULES.get(told["rule"])
        words = rule.of(self.language) if rule else told["rule"]
        lines = [self.say(ja=f"接続先を決定: {words}", en=f"decides: {words}")]
        others = self.say(ja="、", en=", ").join(self.name(each) for each in told["alternatives"])
        if told["ambiguous"] and others:
            lines.append(
                self.say(
                    ja=f"位置の誤差の範囲に入るほかの管轄: {others}",
                    en=f"other areas within the accuracy of the position: {others}",
                )
            )
        return lines

    def _wire(self, told: Details) -> list[str]:
        words = MESSAGES.get(told["message"])
        meaning = words.of(self.language) if words else told["message"]
        if told.get("reason"):
            reason = label(RejectReason(told["reason"]), self.language)
            meaning += self.say(ja=f"（理由: {reason}）", en=f" (reason: {reason})")
        if told.get("asked"):
            meaning = self.say(ja="通報の終了を依頼", en="asks to close the call")
        if told.get("again"):
            meaning += self.say(ja="（再送）", en=" (again)")
        if told["message"] == "call.assign":
            meaning += self.say(ja=f"（第{told['epoch']}世代）", en=f" (epoch {told['epoch']})")
        lines = [f"{told['source']} → {told['target']}  {told['message']}", f"  {meaning}"]
        if told.get("receipt"):
            receipt = MESSAGES["chat.receipt"].of(self.language)
            more = self.say(ja="。以後の発言も同じ", en="; later lines alike")
            lines.append(f"{told['target']} → {told['source']}  chat.receipt")
            lines.append(f"  {receipt}{more}")
        return lines

    def _shown(self, told: Details) -> list[str]:
        mode = label(Mode(told["mode"]), self.language)
        kind = label(Kind(told["kind"]), self.language)
        if told["state"] == CallState.OFFERING.value:
            first = self.say(
                ja="指令台に表示（接続先に申し出中。まだ鳴らない）",
                en="console shows it (being offered; not ringing yet)",
            )
        else:
            first = self.say(ja="指令台に表示、呼び出し音が鳴る", en="console shows it and rings")
        radius = told["radius_m"] or 0
        disc = self.say(ja=f"（誤差は半径{radius:g}mとみなす）", en=f" (within {radius:g} m)")
        place = label(PlaceChoice(told["choice"]), self.language) + (disc if radius else "")
        disability = told["disability"] or ""
        person = f"{told['name']}{f'（{disability}）' if disability else ''}"
        return [first, f"[{mode}] {kind} / {place}", person]

    def _passed_on(self, told: Details) -> list[str]:
        owner = self.name(told["owner"])
        return [
            self.say(ja=f"指令台の表示: {owner}が担当", en=f"console shows: {owner} has the call")
        ]

    def _dispatcher_told(self, told: Details) -> list[str]:
        lines = [
            self.say(ja="指令台に案内:", en="console advises:"),
            self._screen(told[f"text_{self.language}"]),
        ]
        # Other notices name departments that may be asked about, not one to phone now.
        advised = told["phone_to"] if told["code"] in _PHONE_NOW else ()
        for contact in advised:
            self._english[contact["ja"]] = contact["en"]
            whom = self.phone(contact)
            lines.append(self.say(ja=f"電話する相手: {whom}", en=f"whom to phone: {whom}"))
        return lines

    def _caller_told(self, told: Details) -> list[str]:
        return [
            self.say(ja="画面に案内:", en="screen tells:"),
            self._screen(told[f"text_{self.language}"]),
        ]

    def _caller_sees(self, told: Details) -> list[str]:
        state = CallState(told["state"])
        receiver = self.name(told["receiver"]) if told.get("receiver") else ""
        shown = label(state, self.language)
        if state in (CallState.RINGING, CallState.ANSWERED) and receiver:
            shown = f"{receiver} {shown}" if self.language == "ja" else f"{shown}: {receiver}"
        if told.get("outcome"):
            outcome = label(CloseOutcome(told["outcome"]), self.language)
            shown += self.say(ja=f"（{outcome}）", en=f" ({outcome})")
        return [self.say(ja=f"画面: {shown}", en=f"screen: {shown}")]

    def _answer_pressed(self, _: Details) -> list[str]:
        return [self.say(ja="「応答」を押す（人の操作）", en='presses "answer" (a human act)')]

    def _close_pressed(self, told: Details) -> list[str]:
        outcome = label(CloseOutcome(told["outcome"]), self.language)
        to = told.get("relayed_to")
        if to and self.language == "en":
            to = self._english.get(to, to)
        more = self.say(ja=f"（引き継ぎ先: {to}）", en=f" (to: {to})") if to else ""
        return [self.say(ja=f"通報を終了: {outcome}{more}", en=f"closes the call: {outcome}{more}")]

    def _line(self, told: Details) -> list[str]:
        sender = SenderRole(told["sender"])
        choice = told.get("choice")
        if choice:
            # The option is the whole answer; the dispatcher sees its label.
            words = self.quoted(choice["option"])
            text = self.say(ja=f"{words}を選択", en=f"taps {words}")
        else:
            text = self.quoted(told["text"], told.get("text_en"))
        if sender is SenderRole.SYSTEM:
            text = self.say(ja=f"自動メッセージ {text}", en=f"automatic message {text}")
        lines = [f"#{told['seq']} {text}"]
        if told["options"]:
            options = " ".join(f"[{self._option(each)}]" for each in told["options"])
            lines.append(self.say(ja=f"選択肢: {options}", en=f"to tap: {options}"))
        return lines

    def _option(self, text: str) -> str:
        return text if self.language == "ja" else GLOSS.get(text, text)

    def _home_takes_over(self, _: Details) -> list[str]:
        return [
            self.say(
                ja="登録地の消防本部が通報を引き取り、呼び出しを開始",
                en="the home department takes the call and it rings there",
            )
        ]

    def _recorded(self, told: Details) -> list[str]:
        detail = f" ({told['detail']})" if told["detail"] else ""
        entry = f"{told['entry']}{detail}"
        return [self.say(ja=f"通報の記録: {entry}", en=f"writes into the record: {entry}")]

    def _broken_off(self, told: Details) -> list[str]:
        why = f"{told['where']}: {told['what']}"
        return [self.say(ja=f"途中で止まりました: {why}", en=f"broke off: {why}")]

    def _screen(self, text: str) -> str:
        return self.say(ja=f"「{text}」", en=f'"{text}"')
