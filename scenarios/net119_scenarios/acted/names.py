"""What people call what a scenario names by code: departments, actors, notices, rules."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from net119_protocol.directory import DirectoryView
from net119_protocol.unreachable_texts import UNREACHABLE

from net119_scenarios.acted.alarms.cast import ALARM_CENTER, AlarmUser
from net119_scenarios.acted.alarms.deeds import Press
from net119_scenarios.acted.alarms.persons import center_names, registered
from net119_scenarios.acted.cast import Caller, Dispatcher, Staff
from net119_scenarios.acted.deeds import Call, Offer
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.people import person_of
from net119_scenarios.acted.venue import directory_of
from net119_scenarios.words import Words

_NOTICES: Mapping[str, Words] = MappingProxyType(
    {
        "home-not-adopted": Words("通報地はNET119未導入", "no NET119 at the place"),
        "home-adopted-soon": Words("通報地は近く導入", "NET119 comes soon at the place"),
        "home-planned-stop": Words("通報地は計画停止中", "a planned stop at the place"),
        "home-peer-down": Words("通報地のシステムが停止", "the system of the place is down"),
        "home-peer-maintenance": Words("通報地は保守中", "maintenance at the place"),
        "home-peer-overloaded": Words("通報地は混雑", "the place is overloaded"),
        "home-peer-no-console": Words("通報地は端末が未接続", "no console at the place"),
        "home-offer-expired": Words("申し出の期限切れ", "the offer ran out"),
        "home-peer-rejected": Words("通報地が受けない", "the place does not take it"),
        "home-peer-silent": Words("通報地から返事がない", "the place does not respond"),
        "home-no-position": Words("位置が不明", "the position is unknown"),
        "home-plaintext": Words("暗号化されていない", "not encrypted"),
        "home-at-sea": Words("海の上", "at sea"),
        "taken-home": Words("登録地が引き取った", "taken over by home"),
        "taken-home-unanswered": Words(
            "応答がないので登録地が引き取った", "unanswered, taken over by home"
        ),
        "transferred": Words("引き継がれた", "transferred"),
        "nobody-answers": Words("まだ応答がない", "nobody has answered yet"),
        "not-received": Words("届いていない", "not received"),
        "silent-disaster": Words("反応なしを災害として扱う", "silence counts as a disaster"),
        "ambiguous": Words("境界付近で位置があいまい", "ambiguous position"),
        "home-differs": Words("自宅を選んだが位置が違う", "home chosen, but away"),
        "place-differs": Words("選んだ場所と位置が違う", "another place chosen"),
        UNREACHABLE: Words("消防とつながらない", "the fire service cannot be reached"),
        "emoji-replaced": Words("絵文字を置き換えた", "emoji were replaced"),
    }
)
_RULES: Mapping[str, Words] = MappingProxyType(
    {
        "refused-registrant": Words("利用停止中", "suspended"),
        "positioning-off": Words("位置情報が使えない", "no positioning"),
        "outside-japan": Words("日本の外", "outside Japan"),
        "plaintext-not-allowed": Words("暗号化なしは不可", "must be encrypted"),
        "plaintext-home": Words("暗号化なしは登録地へ", "not encrypted: home"),
        "no-position": Words("位置不明は登録地へ", "no position: home"),
        "far-at-sea": Words("沖合は登録地へ", "far at sea: home"),
        "home-center": Words("登録地の管轄", "served by the home center"),
        "other-running": Words("通報地の消防本部へ直接", "the department of the place"),
        "other-not-running": Words("通報地が受けられず登録地へ", "the place cannot take it: home"),
        "not-adopted": Words("通報地が未導入で登録地へ", "not adopted at the place: home"),
        "peer-rejected": Words("通報地に断られ登録地へ", "rejected at the place: home"),
        "peer-silent": Words("通報地から返事がなく登録地へ", "the place is silent: home"),
    }
)

_DEEDS: Mapping[str, Words] = MappingProxyType(
    {
        "call": Words("通報", "the call"),
        "answer": Words("応答", "the answer"),
        "say": Words("発言", "the line"),
        "hear": Words("受信", "the reading"),
        "wait": Words("確認", "the sight"),
        "lose": Words("通信途絶", "the loss"),
        "return": Words("復帰", "the return"),
        "transfer": Words("転送", "the transfer"),
        "call-back": Words("呼び返し", "the callback"),
        "open-callback": Words("呼び返しメールの開封", "the opening of the mail"),
        "close": Words("終了", "the close"),
        "announce": Words("お知らせ", "the announcement"),
        "press": Words("緊急通報", "the alarm"),
        "take": Words("受け持ち", "the taking"),
        "hail": Words("呼び掛け", "the calling out"),
        "classify": Words("判断", "the finding"),
        "ring-helpers": Words("協力員への依頼", "the asking of helpers"),
        "helper-there": Words("協力員の到着の記録", "the note that a helper is there"),
        "scene": Words("現場の報告の記録", "the note from the house"),
        "tell": Words("関係先への連絡", "the telling"),
        "ward-report": Words("区役所への報告", "the report to the ward office"),
        "end": Words("終了", "the end"),
    }
)
_FAILURES: Mapping[str, Words] = MappingProxyType(
    {
        "unknown-department": Words("その消防本部はない", "no such department"),
        "same-department": Words("いまの担当と同じ", "it has the call already"),
        "not-adopted": Words("NET119未導入", "no NET119 there"),
        "not-running": Words("システムが停止中", "its system does not run"),
        "rejected": Words("断られた", "rejected"),
        "silent": Words("返事がない", "no response"),
        "busy": Words("ほかの転送を申し出中", "another transfer is under way"),
        "wrong-state": Words("いまは転送できない", "not possible now"),
        "cancelled": Words("取り消された", "cancelled"),
        "undeliverable": Words("メールが届かない", "the mail cannot be delivered"),
        "no-address": Words("メールアドレスがない", "no mail address"),
        "not-allowed": Words("登録地が認めていない", "not allowed by home"),
        "too-many": Words("回数が多すぎる", "too many"),
        "temporary": Words("いまは送れない", "not possible at the moment"),
        "unsupported": Words("相手のシステムが対応していない", "the other system cannot do it"),
    }
)


class Names:
    """The names in one scenario, by its directory at the beginning."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        moment = scenario.network.clock or datetime.now(UTC)
        self._view: DirectoryView = directory_of(scenario.network).at(moment)
        self._actors = {name: self._of_actor(name) for name in scenario.actors}

    @property
    def actors(self) -> dict[str, Words]:
        """All actors: as the scenario names them, or their registered name, or their center's."""
        return dict(self._actors)

    def actor(self, name: str) -> Words:
        """One of them; what nobody is called stays as it is."""
        return self._actors.get(name, Words(name, name))

    def listed(self, names: Iterable[str]) -> Words:
        """Several."""
        found = [self.actor(name) for name in names]
        return Words("、".join(each.ja for each in found), ", ".join(each.en for each in found))

    def call(self, name: str) -> Words:
        """A call, as whose it is."""
        for step in self._scenario.timeline:
            if isinstance(step, Press) and name == (step.named or step.actor):
                who = self.actor(step.actor or "")
                return Words(f"{who.ja}の緊急通報", f"alarm of {who.en}")
            if isinstance(step, Call | Offer) and name == (step.named or step.actor):
                who = self.actor(step.actor or "")
                several = sum(
                    isinstance(each, Call | Offer) and each.actor == step.actor
                    for each in self._scenario.timeline
                )
                which = f" {name}" if several > 1 else ""
                return Words(f"{who.ja}の通報{which}", f"call{which} of {who.en}")
        return Words(name, name)

    def step(self, step_id: str) -> Words:
        """The end of a step that has an id: who did what."""
        for step in self._scenario.timeline:
            if step.id == step_id:
                deed = str(getattr(step, "do", ""))
                what = _DEEDS.get(deed, Words(deed, deed))
                who = self.actor(step.actor) if step.actor else Words("", "")
                return Words(f"{who.ja}の{what.ja}".removeprefix("の"), f"{what.en} of {who.en}")
        return Words(step_id, step_id)

    def department(self, code: str) -> Words:
        """A department; that of a municipality without NET119 stays as it is."""
        known = self._view.departments.get(code)
        return Words(known.name_ja, known.name_en) if known else Words(code, code)

    def center(self, code: str) -> Words:
        """A center."""
        if code == ALARM_CENTER:
            return Words(*center_names())
        known = self._view.centers.get(code)
        return Words(known.name_ja, known.name_en) if known else Words(code, code)

    def provider(self, code: str) -> Words:
        """A provider."""
        known = self._view.providers.get(code)
        return Words(known.name_ja, known.name_en) if known else Words(code, code)

    def notice(self, code: str) -> Words:
        """A notice, in a few words."""
        return _NOTICES.get(code, Words(code, code))

    def failure(self, code: str) -> Words:
        """Why a transfer or a callback failed, in a few words."""
        return _FAILURES.get(code, Words(code, code))

    def rule(self, code: str) -> Words:
        """A row of the routing table, in a few words."""
        return _RULES.get(code, Words(code, code))

    def _of_actor(self, name: str) -> Words:
        actor = self._scenario.actors[name]
        if actor.name is not None:
            return Words(actor.name.ja, actor.name.en)
        if isinstance(actor, Caller):
            first = self._view.department(actor.home).municipalities[0]
            called = person_of(actor, first).name
            return Words(f"{called}さん", called)
        if isinstance(actor, AlarmUser):
            called = registered(actor, ()).name
            return Words(f"{called}さん", called)
        if isinstance(actor, Dispatcher):
            return self.center(actor.center)
        if isinstance(actor, Staff):
            department = self.department(actor.department)
            return Words(f"{department.ja}の職員", f"staff of {department.en}")
        return self.provider(actor.provider)


__all__ = ["Names"]
