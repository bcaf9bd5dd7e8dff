"""What must hold of a single call, whatever its course."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from net119_protocol.api.common import CallView
from net119_protocol.api.console import CallRecord, ConsoleCall
from net119_protocol.api.problems import Problem
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, CloseOutcome, Mode, Refusal, SenderRole
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import SimulatorError
from net119_simulators.phone_call import PhoneCall

from net119_scenarios.happening import Happening, Role, What
from net119_scenarios.plan import Ending, Plan
from net119_scenarios.result import Result
from net119_scenarios.words import Words


@dataclass
class Seen:
    """What was seen in a run."""

    consoles: Mapping[Role, Dispatcher]
    call: PhoneCall | None = None
    refusal: Problem | None = None
    calls_known: tuple[CallView, ...] | None = None
    records: dict[Role, CallRecord] = field(default_factory=dict)
    happenings: tuple[Happening, ...] = ()
    broken_off: SimulatorError | None = None


def judge(plan: Plan, seen: Seen) -> Result:
    """Check everything that must hold."""
    result = Result(_summary(plan))
    wrong = seen.broken_off
    result.check(
        "course",
        wrong is None,
        "最後まで進んだ",
        "it went through to its end",
        f"{wrong.where}: {wrong.what}. {wrong.what_to_do}" if wrong else "",
    )
    if plan.ending is Ending.REFUSED:
        _refused(result, seen)
        return result
    if seen.call is None:
        because = seen.refusal.detail if seen.refusal else "no call"
        result.check(
            "taken", False, "通報が受け付けられた", "the call was taken", f"refused: {because}"
        )
        return result
    if plan.ending is Ending.UNHEARD:
        _unheard(result, plan, seen, seen.call)
    else:
        _answered(result, plan, seen, seen.call)
        _advice(result, plan, seen, seen.call)
        _transcripts(result, seen, seen.call)
        if plan.request.radio is not None:
            _radio(result, seen, seen.call)
    _exercise(result, plan, seen)
    return result


def _summary(plan: Plan) -> Words:
    ja, en = (plan.receiver.name_ja, plan.receiver.name_en) if plan.receiver else ("", "")
    return {
        Ending.ANSWERED: Words(
            f"正しく終わりました。通報は{ja}につながり、指令員が応答しました。",
            f"It ended as it must: {en} answered.",
        ),
        Ending.HOME_ADVISED: Words(
            f"正しく終わりました。通報は登録地の{ja}につながり、"
            "電話する相手が指令員に示されました。",
            f"It ended as it must: {en} (home) answered and was told whom to phone.",
        ),
        Ending.REFUSED: Words(
            "正しく終わりました。国外からの通報なので断られ、通報者に代わりの手段が示されました。",
            "It ended as it must: coming from abroad it was refused, and the caller was told what "
            "else to do.",
        ),
        Ending.UNHEARD: Words(
            "正しく終わりました。受け付ける人がいないことが、通報者にすぐ示されました。",
            "It ended as it must: nobody was there, and the caller was told so at once.",
        ),
    }[plan.ending]


def _refused(result: Result, seen: Seen) -> None:
    problem = seen.refusal
    result.check(
        "refused",
        problem is not None and problem.code is Refusal.OUTSIDE_JAPAN,
        "国外からの通報は断られた",
        "the call from abroad was refused",
        problem.code.value if problem else "it was taken",
    )
    result.check(
        "refusal-told",
        problem is not None and bool(problem.message_ja) and bool(problem.other_means_ja),
        "通報者に、届いていないことと代わりの手段が示された",
        "the caller was told that it was not received, and what else to do",
        "no text for the caller",
    )
    result.check(
        "no-call",
        seen.calls_known == () and not any(c.calls for c in seen.consoles.values()),
        "通報の記録は作られず、指令台にも出ていない",
        "no call was recorded, none was shown at a console",
        f"calls of the caller: {seen.calls_known}",
    )


def _unheard(result: Result, plan: Plan, seen: Seen, call: PhoneCall) -> None:
    notices = [each for each in call.view.notices if each.code is plan.notice]
    result.check(
        "told-unheard",
        bool(notices) and bool(notices[0].text_ja),
        "だれもいないので届いていないと、通報者にすぐ示された",
        "the caller was told at once that nobody received it",
        [each.code.value for each in call.view.notices],
    )
    result.check(
        "not-answered",
        call.view.answered_by is None and call.view.state is not CallState.ANSWERED,
        "だれも応答していないのに「応答済み」にはなっていない",
        "it does not show as answered",
        call.view.state.value,
    )


def _answered(result: Result, plan: Plan, seen: Seen, call: PhoneCall) -> None:
    receiver = plan.receiver
    if receiver is None:
        raise ValueError(f"a plan that ends {plan.ending} names its receiver")
    role = _receiving_role(plan)
    console = seen.consoles.get(role)
    views = _views(console, call)
    shown = [view for view in views if view.mine and view.owner.code == receiver.code]
    result.check(
        "shown",
        any(view.state is CallState.RINGING for view in shown),
        f"{receiver.name_ja}の指令台に表示され、呼び出した",
        f"it was shown and rang at {receiver.name_en}",
        [(view.owner.code, view.state.value) for view in views],
    )
    rules = {view.routing.rule for view in views}
    result.check(
        "rule",
        bool(rules) and rules <= set(plan.rules),
        "接続先は管轄データのとおりに決まった",
        "the department was chosen as the directory says",
        f"{sorted(rules)}, expected {plan.rules}",
    )
    _human_act(result, seen, call, role, shown)
    result.check(
        "receiver-told",
        call.view.receiver is not None and call.view.receiver.code == receiver.code,
        "通報者の画面に、つながった消防本部が示された",
        "the caller's screen names the department that has the call",
        call.view.receiver,
    )
    closed = [record.call.state is CallState.CLOSED for record in seen.records.values()]
    result.check(
        "closed",
        call.view.state is CallState.CLOSED and bool(closed) and all(closed),
        "指令員が終了し、すべての側で終了になった",
        "the dispatcher closed it, and it is closed on every side",
        [call.view.state.value, closed],
    )


def _human_act(
    result: Result, seen: Seen, call: PhoneCall, role: Role, shown: list[ConsoleCall]
) -> None:
    """Answered, and not before a dispatcher of the receiving center pressed the button."""
    order = [
        index
        for index, each in enumerate(seen.happenings)
        if each.what is What.ANSWER_PRESSED and each.role is role
    ]
    told = [
        index
        for index, each in enumerate(seen.happenings)
        if each.what is What.CALLER_SEES and each.details["state"] == CallState.ANSWERED.value
    ]
    console = seen.consoles.get(role)
    answered_by = {view.answered_by for view in shown if view.answered_at is not None}
    result.check(
        "human-act",
        bool(order)
        and bool(told)
        and min(told) > min(order)
        and console is not None
        and answered_by == {console.name} == {call.view.answered_by},
        "指令員が「応答」を押してはじめて応答になった（人の操作）",
        "it was answered by a human act: only after the dispatcher pressed the button",
        f"pressed {order}, shown {told}, answered by {answered_by}",
    )


def _advice(result: Result, plan: Plan, seen: Seen, call: PhoneCall) -> None:
    if plan.notice is None:
        return
    receiving = _views(seen.consoles.get(_receiving_role(plan)), call)
    notices = [n for view in receiving[-1:] for n in view.notices if n.code is plan.notice]
    named = {each.phone for notice in notices for each in notice.phone_to}
    wanted = {each.phone for each in plan.phone_to}
    texts = [notice.text_ja for notice in notices]
    result.check(
        "whom-to-phone",
        named == wanted and all(phone in text for text in texts for phone in wanted),
        "指令員に、電話する相手と番号が示された: "
        + "、".join(f"{each.name_ja} {each.phone}" for each in plan.phone_to),
        "the dispatcher was told whom to phone: "
        + ", ".join(f"{each.name_en} {each.phone}" for each in plan.phone_to),
        f"told {named or 'nothing'}",
    )
    told = [n for view in call.views for n in view.notices if n.code is plan.notice]
    result.check(
        "caller-told",
        bool(told) and all(plan.phone_to[0].name_ja in each.text_ja for each in told),
        "通報者に、登録地の消防本部につながった理由が示された",
        "the caller was told why the call went home",
        [each.code.value for each in call.view.notices],
    )


def _transcripts(result: Result, seen: Seen, call: PhoneCall) -> None:
    lines = call.lines
    both = {line.sender for line in lines} >= {SenderRole.CALLER, SenderRole.DISPATCHER}
    sides: list[tuple[ChatLine, ...]] = [record.lines for record in seen.records.values()]
    sides += [c.lines(call.id) for c in seen.consoles.values() if c.call(call.id).view is not None]
    result.check(
        "transcripts",
        both and bool(sides) and all(side == lines for side in sides),
        f"チャット{len(lines)}行が、通報者・指令員・記録のすべてで同じ",
        f"the {len(lines)} lines of the chat are the same for caller, dispatcher and records",
        [len(lines), *(len(side) for side in sides)],
    )
    violations = [*call.violations]
    for console in seen.consoles.values():
        violations += console.violations
    result.check(
        "nothing-lost",
        not violations and not call.unseen() and not call.unacknowledged,
        "送った発言はすべて保存され、抜け・重複・順序の乱れがない",
        "every line was stored; none is missing, doubled or out of order",
        violations or call.unseen() or call.unacknowledged,
    )


def _radio(result: Result, seen: Seen, call: PhoneCall) -> None:
    ended = call.view.state is CallState.CLOSED
    in_call = itertools.takewhile(
        lambda each: each.details.get("state") != CallState.CLOSED.value, seen.happenings
    )
    kinds = [each.what for each in in_call]
    dropped, resumed = kinds.count(What.DROPPED), kinds.count(What.RESUMED)
    if What.RADIO not in kinds and not dropped:
        # Nothing happened while the call lasted, so that nothing was shown.
        return
    result.check(
        "radio",
        ended and resumed == dropped,
        f"電波の障害（{kinds.count(What.RADIO)}件）と切断（{dropped}回）があっても、"
        "通報は終わりまで続いた",
        f"the call went on to its end through {kinds.count(What.RADIO)} failures of the radio and "
        f"{dropped} lost connections",
        f"lost {dropped} times, resumed {resumed} times, closed: {ended}",
    )


def _exercise(result: Result, plan: Plan, seen: Seen) -> None:
    modes: set[Mode] = {record.call.mode for record in seen.records.values()}
    if seen.call is not None:
        modes |= {view.mode for view in seen.call.views}
    for console in seen.consoles.values():
        modes |= {view.mode for each in console.calls for view in each.views}
    outcomes = {record.call.outcome for record in seen.records.values()}
    result.check(
        "exercise",
        modes == {plan.request.mode} and CloseOutcome.DISPATCHED not in outcomes,
        "試験・練習の印は最後まで変わらず、出動もしていない",
        "the exercise mark stayed to the end, and nobody was sent out",
        f"{modes}, {outcomes}",
    )


def _receiving_role(plan: Plan) -> Role:
    away = plan.two_centers and plan.receiver == plan.responsible
    return Role.LOCAL_DISPATCHER if away else Role.HOME_DISPATCHER


def _views(console: Dispatcher | None, call: PhoneCall) -> list[ConsoleCall]:
    return console.call(call.id).views if console is not None else []
