"""What `net119 directory` prints for people, a line for each thing, in both languages."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from net119_protocol.directory import Department, Finding, Severity
from net119_reference.routing import (
    AlternativeReason,
    NotRunning,
    RoutingDecision,
    RoutingRule,
)

from net119_cli.language import text

if TYPE_CHECKING:
    from net119_cli.directory_asking import Answer, Examined

_RULES: dict[RoutingRule, tuple[str, str]] = {
    RoutingRule.OUTSIDE_JAPAN: (
        "日本の外なので、通報は始まらない",
        "outside Japan: there is no call",
    ),
    RoutingRule.NO_POSITION: (
        "位置がわからないので、登録地の消防本部",
        "no position: the home department",
    ),
    RoutingRule.FAR_AT_SEA: (
        "陸から離れた海の上なので、登録地の消防本部",
        "at sea, far from land: the home department",
    ),
    RoutingRule.HOME_CENTER: (
        "通報地を受け持つのが、登録地と同じ指令センター",
        "the place belongs to the home department's own center",
    ),
    RoutingRule.OTHER_RUNNING: (
        "通報地の消防本部はNET119を使っていて、動いている",
        "the department of the place has NET119, and it is running",
    ),
    RoutingRule.OTHER_NOT_RUNNING: (
        "通報地のNET119が動いていないので、登録地の消防本部",
        "NET119 of the place is not running: the home department",
    ),
    RoutingRule.NOT_ADOPTED: (
        "通報地はNET119を使っていないので、登録地の消防本部",
        "the place has not adopted NET119: the home department",
    ),
}
_NOT_RUNNING: dict[NotRunning, tuple[str, str]] = {
    NotRunning.PLANNED_STOP: ("計画停止中", "a planned stop"),
    NotRunning.MAINTENANCE: ("保守中", "maintenance"),
    NotRunning.OVERLOADED: ("過負荷", "overload"),
    NotRunning.STOPPING: ("停止処理中", "it is stopping"),
    NotRunning.DOWN: ("応答がない", "it does not respond"),
}
_REASONS: dict[AlternativeReason, tuple[str, str]] = {
    AlternativeReason.AMBIGUOUS: ("誤差の範囲にある", "within the uncertainty"),
    AlternativeReason.HOME_DIFFERS: ("自宅と端末の位置が違う", "home and handset differ"),
    AlternativeReason.PLACE_DIFFERS: ("選んだ場所と端末の位置が違う", "place and handset differ"),
}


def examined_lines(found: "Examined", strict: bool) -> list[str]:
    """A heading, the mistakes, the warnings, the coming changes, and the sum of it."""
    return [*_examined(found, strict)]


def answer_lines(answer: "Answer") -> list[str]:
    """Where the call goes, why, what else might be right, and until when that holds."""
    return [*_answer(answer)]


def _examined(found: "Examined", strict: bool) -> Iterator[str]:
    yield text(
        ja=f"{found.where}（版 {found.version}）の検査、日本時間 {_time(found.moment)} の時点",
        en=f"{found.where} (version {found.version}), as of {_time(found.moment)} in Japan",
    )
    errors = [each for each in found.findings if each.severity is Severity.ERROR]
    warnings = [each for each in found.findings if each.severity is Severity.WARNING]
    for label, group in (
        (text(ja="誤り", en="error"), errors),
        (text(ja="注意", en="warning"), warnings),
    ):
        for each in group:
            yield f"{label}  {each.row}: {_words(each)}"
    unknown = found.version == "?"
    if not unknown:
        yield text(
            ja=f"これから{found.days}日間の変化: {len(found.changes)}件",
            en=f"changes in the next {found.days} days: {len(found.changes)}",
        )
    for at, change in found.changes:
        yield f"  {_time(at)}  {change.row}: {_words(change)}"
    yield text(
        ja=f"誤り {len(errors)}件、注意 {len(warnings)}件",
        en=f"errors: {len(errors)}, warnings: {len(warnings)}",
    )
    if unknown:
        yield text(
            ja="誤りを直すまで、この一覧は使えません（空白や期限切れは、直した後に調べます）",
            en="the directory cannot be used until these are mended; gaps and rows that are over "
            "are looked for after that",
        )
    elif found.status(strict) == 0:
        yield text(ja="使える一覧です", en="the directory can be used")


def _answer(answer: "Answer") -> Iterator[str]:
    decision, view = answer.decision, answer.view
    yield text(
        ja=f"日時        {_time(answer.moment)}（日本時間）",
        en=f"time        {_time(answer.moment)} in Japan",
    )
    yield _place(answer)
    assumed = text(ja="（例。--home で指定できます）", en=" (an example; see --home)")
    yield (
        text(ja="登録地      ", en="home        ")
        + _department(answer.home)
        + (assumed if answer.home_assumed else "")
    )
    if decision.responsible is not None:
        there = view.department(decision.responsible)
        yield text(ja="通報地      ", en="responsible ") + _department(there)
    if decision.department is None:
        yield text(ja="つながる先  なし", en="goes to     nobody")
    else:
        yield text(ja="つながる先  ", en="goes to     ") + _department(
            view.department(decision.department)
        )
    ja, en = _RULES.get(decision.rule, ("", ""))
    yield (
        text(ja="決めた規則  ", en="rule        ") + f"{decision.rule.value}: " + text(ja=ja, en=en)
    )
    yield from _why(decision)
    for share in decision.shares if decision.ambiguous else ():
        yield text(ja="  範囲の割合  ", en="  share     ") + (
            f"{view.department(share.department).code} {share.share:.0%}"
        )
    if not decision.alternatives:
        yield text(ja="ほかの候補  なし", en="others      none")
    for other in decision.alternatives:
        reason_ja, reason_en = _REASONS[other.reason]
        yield text(
            ja=f"ほかの候補  {other.name_ja}（{other.department}、{reason_ja}）",
            en=f"others      {other.name_en} ({other.department}; {reason_en})",
        )
    for contact in decision.whom_to_phone:
        yield text(
            ja=f"電話する先  {contact.name_ja}（{contact.phone}）",
            en=f"to phone    {contact.name_en} ({contact.phone})",
        )
    yield text(ja=f"一覧の版    {view.version}", en=f"directory   {view.version}")
    if answer.next_change is not None:
        yield text(
            ja=f"次の変化    {_time(answer.next_change)}（日本時間）に一覧の行が切り替わります",
            en=f"next change {_time(answer.next_change)} in Japan: rows of the directory change",
        )


def _place(answer: "Answer") -> str:
    decision = answer.decision
    point = decision.point
    shown = "" if point is None else f"{point.lat:.5f},{point.lon:.5f}"
    sea = ""
    if decision.distance_to_land_m:
        km = decision.distance_to_land_m / 1000
        sea = text(ja=f"、陸まで {km:.1f} km", en=f", {km:.1f} km from land")
    place = f" {answer.place}" if answer.place else ""
    return text(
        ja=f"地点        {shown}{place}（95 %の誤差半径 {decision.radius_m:.0f} m{sea}）",
        en=f"place       {shown}{place} (95 % within {decision.radius_m:.0f} m{sea})",
    )


def _why(decision: RoutingDecision) -> Iterator[str]:
    if decision.not_running is not None:
        ja, en = _NOT_RUNNING[decision.not_running]
        until = decision.stop_until
        yield text(
            ja=f"  理由      {ja}" + (f"（{_time(until)} まで）" if until else ""),
            en=f"  because   {en}" + (f" until {_time(until)}" if until else ""),
        )
    if decision.adopts_on is not None:
        days = decision.adopts_on
        yield text(
            ja=f"  予定      {days} 0時（日本時間）から、通報地でもNET119が使えます",
            en=f"  to come   NET119 reaches the place from {days}, midnight in Japan",
        )


def _department(department: Department) -> str:
    if department.center is None:
        reach = text(ja="NET119なし", en="no NET119")
    else:
        reach = text(
            ja=f"指令センター {department.center}、事業者 {department.provider}",
            en=f"center {department.center}, provider {department.provider}",
        )
    return text(
        ja=f"{department.name_ja}（{department.code}、{reach}）",
        en=f"{department.name_en} ({department.code}; {reach})",
    )


def _words(found: Finding) -> str:
    return text(ja=found.text_ja, en=found.text_en)


def _time(moment: datetime) -> str:
    odd = moment - moment.replace(second=0, microsecond=0)
    return f"{moment:%Y-%m-%d %H:%M:%S}" if odd > timedelta() else f"{moment:%Y-%m-%d %H:%M}"
