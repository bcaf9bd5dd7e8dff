"""The safety interlock of drills: whether one may begin, and whether it may go on (design, 1).

Pure: it is told what there is, and says what is against it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from net119_protocol.alarms.incident import Incident
from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import Mode
from net119_simulators.errors import SafetyInterlock
from net119_simulators.safety import check_target

from net119_scenarios.drills.view import Bilingual, InterlockView, Reason

EXERCISES = (Mode.DRILL, Mode.PRACTICE, Mode.TEST)


class InterlockRefuses(SafetyInterlock):
    """A drill may not begin, or nothing may be injected; ``view`` says why."""

    def __init__(self, view: InterlockView) -> None:
        what = "; ".join(each.what.en for each in view.reasons)
        super().__init__(what, "interlock", "Mend this, or use a system for exercises only")
        self.view = view


def look(
    mode: str,
    addresses: Mapping[str, str],
    calls: Iterable[ConsoleCall],
    *,
    alarms: Iterable[Incident] = (),
    declared_test_hosts: Collection[str] = (),
    accepted: Mapping[str, Collection[Mode]] | None = None,
    unseen: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> InterlockView:
    """What is against a drill.

    ``addresses`` are the providers' URLs, ``calls`` what their consoles show (of whichever time),
    ``alarms`` the incidents of home alarms there, ``accepted`` the modes of calls that each of the
    providers takes, ``unseen`` the centers and providers into which nobody could look, with the
    reason.
    """
    reasons: list[Reason] = []
    if mode not in EXERCISES:
        reasons.append(
            _reason(
                "mode",
                f"シナリオの区分が「{mode}」で、訓練・練習・試験のどれでもありません",
                f"the scenario's mode is {mode!r}, none of drill, practice and test",
            )
        )
    for provider, url in addresses.items():
        reasons += _of_address(provider, url, declared_test_hosts)
    for provider, modes in (accepted or {}).items():
        if Mode.LIVE in modes:
            reasons.append(
                _reason(
                    "accepts-live",
                    f"{provider} のシステムは実際の通報も受けるので、訓練には使えません",
                    f"the system of {provider} takes live calls, so it is no place for a drill",
                )
            )
    live = [_shown(call) for call in calls if call.mode is Mode.LIVE and call.closed_at is None]
    if live:
        reasons.append(
            _reason(
                "live-call",
                f"実際の通報（訓練でない通報）が開いています: {'、'.join(live)}",
                f"a live call (no exercise) is open: {', '.join(live)}",
            )
        )
    ringing = [each.number for each in alarms if each.mode is Mode.LIVE and each.open]
    if ringing:
        reasons.append(
            _reason(
                "live-alarm",
                f"実際の緊急通報（訓練でないもの）が開いています: {'、'.join(ringing)}",
                f"a live home alarm (no exercise) is open: {', '.join(ringing)}",
            )
        )
    for center, why in (unseen or {}).items():
        reasons.append(
            _reason(
                "unseen",
                f"{center} の中を見られないので、実際の通報がないと確かめられません: {why}",
                f"nobody can look into {center}, so a live call there cannot be excluded: {why}",
            )
        )
    return InterlockView(
        safe=not reasons, reasons=tuple(reasons), live_calls=tuple(live), looked_at=now
    )


def looking_failed(wrong: Exception, now: datetime) -> InterlockView:
    """Nothing is known, as the looking itself broke: not safe."""
    why = f"{type(wrong).__name__}: {wrong}"
    reason = _reason(
        "unseen",
        f"安全の確認そのものができなかったので、実際の通報がないと確かめられません: {why}",
        f"the looking for live calls failed, so there may be one: {why}",
    )
    return InterlockView(safe=False, reasons=(reason,), looked_at=now)


def _of_address(provider: str, url: str, declared: Collection[str]) -> list[Reason]:
    try:
        check_target(url, declared)
    except SafetyInterlock:
        return [
            _reason(
                "address",
                f"{provider} の {url} は、この機器の中でも、試験用と届けたものでもありません",
                f"{provider} is at {url}, neither on this machine nor declared a test system",
            )
        ]
    return []


def _reason(code: str, ja: str, en: str) -> Reason:
    return Reason(code=code, what=Bilingual(ja=ja, en=en))


def _shown(call: ConsoleCall) -> str:
    return f"{call.owner.name_ja} {str(call.call_id)[:8]}"
