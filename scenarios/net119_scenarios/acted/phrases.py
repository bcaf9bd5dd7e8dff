"""Steps and checks in words, for timelines and verdicts."""

from net119_protocol.codes import TrailCause
from net119_protocol.labels import label_of

from net119_scenarios.acted import deeds, musts
from net119_scenarios.acted.base import Spot
from net119_scenarios.acted.model import Scenario
from net119_scenarios.words import Words

_LOST = {
    "out-of-area": Words("圏外になる", "is out of area"),
    "tunnel": Words("トンネルに入り、通信が切れる", "is in a tunnel: the connection is gone"),
    "battery": Words("電池が切れる", "has no battery left"),
}
_CAUSES = {
    TrailCause.CALL: Words("通報時の位置", "the position of the call"),
    TrailCause.MOVED: Words("移動した位置", "moved"),
    TrailCause.ASKED: Words("照会で得た位置", "asked for"),
    TrailCause.CORRECTED: Words("地図で直した位置", "corrected on the map"),
    TrailCause.CALLBACK: Words("呼び返しで得た位置", "by callback"),
}


def of_step(step: deeds.Step) -> Words | None:
    """What is done; ``None`` for what shows in the timeline by itself (lines said)."""
    match step:
        case (
            deeds.Say()
            | deeds.Choose()
            | deeds.Hear()
            | deeds.Wait()
            | deeds.Converse()
            | deeds.Answer()
        ):
            return None
        case deeds.Call():
            kind, place = label_of(step.kind), label_of(step.place)
            ja, en = f"通報する（{kind.ja}、{place.ja}）", f"calls ({kind.en}, {place.en})"
            if step.frequent is not None:
                ja, en = (
                    f"通報する（{kind.ja}、よく行く場所）",
                    f"calls ({kind.en}, a frequent place)",
                )
            if step.pin is not None:
                ja, en = f"{ja}。地図で位置を直した{_ja(step.pin)}", f"{en}, with the pin moved"
            return Words(ja, en)
        case deeds.Lose():
            return _LOST[step.how]
        case deeds.Return():
            return Words("通信が戻り、つなぎ直す", "is back and connects again")
        case deeds.Move():
            return Words(f"移動する{_ja(step.to)}", f"moves on{_en(step.to)}")
        case deeds.Correct():
            return Words(f"地図で位置を直す{_ja(step.to)}", f"corrects the map{_en(step.to)}")
        case deeds.OpenCallback():
            if not step.reachable:
                return Words("呼び返しメールは届いていない", "has no callback mail")
            return Words("呼び返しメールのURLを開く", "opens the URL of the callback mail")
    return _of_dispatcher(step) or _of_stage(step) or _of_peer(step)


def _of_dispatcher(step: deeds.Step) -> Words | None:
    match step:
        case deeds.Arrive():
            return Words("受付端末を開く", "opens the console")
        case deeds.Leave():
            return Words("受付端末を閉じる", "closes the console")
        case deeds.Transfer():
            why_ja, why_en = (
                (f"（{step.reason}）", f" ({step.reason})") if step.reason else ("", "")
            )
            return Words(f"{step.to}に転送する{why_ja}", f"transfers to {step.to}{why_en}")
        case deeds.CallBack():
            return Words("呼び返す（メールを送る）", "calls back by mail")
        case deeds.AskPosition():
            return Words("位置を照会する", "asks for the position")
        case deeds.Report():
            return Words(f"食い違いを報告する: {step.text}", f"reports: {step.text}")
        case deeds.Disclose():
            return Words(
                f"{step.name}に情報を伝える: {step.what}", f"tells {step.name}: {step.what}"
            )
        case deeds.SendCrew():
            return Words(f"出動を記録する（訓練）: {step.units}", f"records: {step.units} (drill)")
        case deeds.BlockCaller():
            return Words(f"利用を止める: {step.reason}", f"blocks the caller: {step.reason}")
        case deeds.Close():
            outcome = label_of(step.outcome)
            to_ja = f"、連絡先 {step.relayed_to}" if step.relayed_to else ""
            to_en = f", to {step.relayed_to}" if step.relayed_to else ""
            return Words(f"終了する（{outcome.ja}{to_ja}）", f"closes ({outcome.en}{to_en})")
    return None


def _of_stage(step: deeds.Step) -> Words | None:
    match step:
        case deeds.SetState():
            state = label_of(step.state)
            return Words(f"{step.provider}が「{state.ja}」になる", f"{step.provider} is {state.en}")
        case deeds.Kill():
            return Words(
                f"{step.provider}のシステムが落ちる", f"the system of {step.provider} dies"
            )
        case deeds.Start():
            return Words(f"{step.provider}のシステムが戻る", f"{step.provider} is back")
        case deeds.Clock():
            if step.to is not None:
                return Words(f"時計が{step.to:%Y-%m-%d %H:%M:%S}になる", f"it is {step.to}")
            return Words(f"{step.ahead:g}秒たつ", f"{step.ahead:g} s later")
        case deeds.Mailbox():
            return Words(
                f"{step.of}のメールの設定が変わる（{step.situation}）",
                f"the mailbox of {step.of}: {step.situation}",
            )
    return None


def _of_peer(step: deeds.Step) -> Words | None:
    match step:
        case deeds.Accept():
            return Words("今になって受け入れ可能と答える", "accepts now")
        case deeds.Offer():
            old_ja = f"{step.expired:g}秒前に期限が切れた" if step.expired is not None else ""
            old_en = f"an offer that ran out {step.expired:g} s ago" if old_ja else "a call"
            return Words(f"{old_ja}通報を申し出る", f"offers {old_en}")
    return None


def of_must(must: musts.Check, scenario: Scenario) -> Words:
    """What must hold, as a sentence."""
    which = f"［{must.call}］" if must.call else ""
    said = _of_view(must) or _of_record(must)
    if said is None:
        raise TypeError(f"no words for {must}")
    return Words(which + said.ja, f"{must.call}: {said.en}" if must.call else said.en)


def _of_view(must: musts.Check) -> Words | None:
    match must:
        case musts.Owner():
            return Words(f"担当は{must.department}", f"{must.department} owns the call")
        case musts.State():
            state = label_of(must.state)
            ja, en = state.ja, state.en
            if must.outcome is not None:
                outcome = label_of(must.outcome)
                ja, en = f"{ja}（{outcome.ja}）", f"{en} ({outcome.en})"
            return Words(f"通報者の画面は「{ja}」", f"the caller sees: {en}")
        case musts.Rule():
            ja = "、境界付近と表示" if must.ambiguous else ""
            en = ", flagged as ambiguous" if must.ambiguous else ""
            return Words(f"振分けの規則は{must.rule}{ja}", f"routed by {must.rule}{en}")
        case musts.Told():
            to_ja = f"（電話先 {must.phone}）" if must.phone else ""
            to_en = f", to phone {must.phone}" if must.phone else ""
            return Words(
                f"{must.actor}にお知らせ {must.notice} が示された{to_ja}",
                f"{must.actor} was told {must.notice}{to_en}",
            )
        case musts.SameTranscript():
            names = "、".join(must.actors)
            return Words(f"やりとりの記録が同じ: {names}", f"the same transcript: {names}")
        case musts.Kept():
            return Words(
                f"{must.actor}に、それまでのやりとりが残っている",
                f"{must.actor} has kept what was said up to then",
            )
        case musts.Order():
            return Words(
                "順に言われた: " + " → ".join(must.texts),
                "said in order: " + " -> ".join(must.texts),
            )
        case musts.Rang():
            return Words(f"{must.actor}で呼び出した", f"it rang at {must.actor}")
        case musts.Never():
            return Words(f"{must.actor}では一度も呼び出さなかった", f"never rang at {must.actor}")
    return None


def _of_record(must: musts.Check) -> Words | None:
    match must:
        case musts.NoDispatch():
            return Words("出動の記録がない（I5）", "no crew was recorded as sent (I5)")
        case musts.Transferred():
            if must.failure is not None:
                return Words(
                    f"{must.to}への転送は成立しなかった（{must.failure.value}）",
                    f"not transferred to {must.to} ({must.failure.value})",
                )
            return Words(f"{must.to}に転送された", f"transferred to {must.to}")
        case musts.CalledBack():
            why = f"（{must.failure.value}）" if must.failure else ""
            names = "、".join(must.contacts or ())
            more_ja = f"、連絡先の順: {names}" if names else ""
            more_en = f", contacts in order: {names}" if names else ""
            return Words(
                f"呼び返しは{must.state}{why}{more_ja}", f"callback {must.state}{why}{more_en}"
            )
        case musts.Trail():
            cause = _CAUSES[must.cause]
            return Words(
                f"{must.actor}の記録の最後の位置は「{cause.ja}」",
                f"the last place known to {must.actor}: {cause.en}",
            )
        case musts.Reported():
            return Words(
                f"{must.actor}の記録に報告が残る: {must.text}",
                f"the report is in the record of {must.actor}: {must.text}",
            )
        case musts.Epoch():
            return Words(f"担当の番号（epoch）は{must.epoch}", f"the epoch is {must.epoch}")
        case musts.InTime():
            return Words(
                f"{must.begin}から{must.end}まで{must.seconds:g}秒以内",
                f"from {must.begin} to {must.end} within {must.seconds:g} s",
            )
    return None


def _ja(spot: Spot) -> str:
    return f"（{spot.said}）" if spot.said else ""


def _en(spot: Spot) -> str:
    return f" ({spot.said})" if spot.said else ""
