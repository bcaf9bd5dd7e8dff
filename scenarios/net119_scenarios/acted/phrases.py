"""Steps and checks in words, for timelines and verdicts."""

from net119_protocol.codes import TrailCause
from net119_protocol.directory.model import JAPAN
from net119_protocol.labels import label_of
from net119_simulators.mailbox.situations import load_situations

from net119_scenarios.acted import deeds, musts
from net119_scenarios.acted.alarms import musts as alarm_musts
from net119_scenarios.acted.alarms.deeds import OF_ALARMS
from net119_scenarios.acted.alarms.phrases import said_of_must, told_of_step
from net119_scenarios.acted.base import Spot
from net119_scenarios.acted.names import Names
from net119_scenarios.lengths import long
from net119_scenarios.words import Words

_LOST = {
    "out-of-area": Words("圏外になる", "is out of area"),
    "tunnel": Words("トンネルに入り、通信が切れる", "is in a tunnel: the connection is gone"),
    "hand-over": Words(
        "基地局が切り替わり、接続が切れる", "is handed over to another cell: the connection is gone"
    ),
    "battery": Words("電池が切れる", "has no battery left"),
}
CALLBACKS = {
    "queued": Words("送信待ち", "queued"),
    "sent": Words("送信した", "sent"),
    "failed": Words("送信できない", "failed"),
    "opened": Words("通報者が開いた", "opened by the caller"),
}
CAUSES = {
    TrailCause.CALL: Words("通報時の位置", "the position of the call"),
    TrailCause.MOVED: Words("移動した位置", "moved"),
    TrailCause.ASKED: Words("照会で得た位置", "asked for"),
    TrailCause.CORRECTED: Words("地図で直した位置", "corrected on the map"),
    TrailCause.CALLBACK: Words("呼び返しで得た位置", "by callback"),
}


def of_step(step: deeds.Step, names: Names, *, peer: bool = False) -> Words | None:
    """What is done; ``None`` for what shows in the timeline by itself (lines said).

    ``peer``: a played provider does it.
    """
    if isinstance(step, deeds.Announce):
        return of_announcement(step)
    if isinstance(step, OF_ALARMS):
        return told_of_step(step)
    match step:
        case (
            deeds.Say()
            | deeds.Choose()
            | deeds.Hear()
            | deeds.Wait()
            | deeds.Converse()
            | deeds.Answer()
            | deeds.BeRejected()
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
        case deeds.ShowCard():
            return Words(
                "近くの聞こえる人に、読み上げてもらう画面を見せる",
                "shows the card to be read aloud to a hearing person nearby",
            )
        case deeds.OpenCallback():
            if not step.reachable:
                return Words("呼び返しメールは届いていない", "has no callback mail")
            return Words("呼び返しメールのURLを開く", "opens the URL of the callback mail")
    return (
        (_of_peer(step, names) if peer else None)
        or _of_dispatcher(step, names)
        or _of_stage(step, names)
    )


def _of_dispatcher(step: deeds.Step, names: Names) -> Words | None:
    match step:
        case deeds.Arrive():
            return Words("指令台を開く", "opens the console")
        case deeds.Leave():
            return Words("指令台を閉じる", "closes the console")
        case deeds.Transfer():
            why_ja, why_en = (
                (f"（{step.reason}）", f" ({step.reason})") if step.reason else ("", "")
            )
            to = names.department(step.to)
            return Words(f"{to.ja}に転送する{why_ja}", f"transfers to {to.en}{why_en}")
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


def _of_stage(step: deeds.Step, names: Names) -> Words | None:
    match step:
        case deeds.SetState():
            state = label_of(step.state)
            who = names.provider(step.provider)
            return Words(f"{who.ja}の状態が「{state.ja}」になる", f"{who.en} is {state.en}")
        case deeds.Kill():
            who = names.provider(step.provider)
            return Words(f"{who.ja}のシステムが落ちる", f"the system of {who.en} dies")
        case deeds.Start():
            who = names.provider(step.provider)
            return Words(f"{who.ja}のシステムが戻る", f"the system of {who.en} is back")
        case deeds.Clock():
            if step.to is not None:
                at = f"{step.to.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}"
                return Words(f"時計が{at}になる", f"the clocks show {at} (Japan)")
            return _later(step.ahead or 0)
        case deeds.Mailbox():
            who, now = names.actor(step.of), load_situations()[step.situation]
            return Words(
                f"{who.ja}のメールの設定が変わる（{now.title_ja}）",
                f"the mailbox of {who.en} is changed: {now.title_en}",
            )
    return None


def _of_peer(step: deeds.Step, names: Names) -> Words | None:
    match step:
        case deeds.Leave():
            return Words(
                "他の事業者との回線が切れる。送るものは手元にたまる",
                "is cut off from the others; what it sends waits",
            )
        case deeds.Arrive():
            return Words(
                "回線が戻り、たまっていたものが届く", "is connected again; what waited is sent"
            )
        case deeds.Accept():
            return Words("今になって受け入れ可能と答える", "accepts now")
        case deeds.Offer():
            kind = label_of(step.kind)
            to = names.department(step.department)
            old_ja = f"期限を{step.expired:g}秒過ぎた、" if step.expired is not None else ""
            old_en = f" that ran out {step.expired:g} s ago" if old_ja else ""
            wait_ja, wait_en = (
                ("（まだ届かない）", " (not delivered yet)") if step.queued else ("", "")
            )
            return Words(
                f"{to.ja}への{old_ja}通報を申し出る（{kind.ja}）{wait_ja}",
                f"offers a call{old_en} to {to.en} ({kind.en}){wait_en}",
            )
    return None


def of_announcement(step: deeds.Announce) -> Words:
    """What staff tell all registrants."""
    return Words(
        f"登録者全員に知らせる「{step.subject}」", f"announces to all registrants: {step.subject}"
    )


def of_must(must: musts.Check, names: Names) -> Words:
    """What must hold, as a sentence."""
    about = names.call(must.call) if must.call else None
    if isinstance(must, alarm_musts.OF_ALARMS):
        said = said_of_must(must, names.actors)
    else:
        said = _of_view(must, names) or _of_record(must, names)
    if said is None:
        raise TypeError(f"no words for {must}")
    if about is None:
        return said
    return Words(f"［{about.ja}］{said.ja}", f"{about.en}: {said.en}")


def _of_view(must: musts.Check, names: Names) -> Words | None:
    match must:
        case musts.Owner():
            owner = names.department(must.department)
            return Words(f"担当は{owner.ja}", f"{owner.en} has the call")
        case musts.State():
            state = label_of(must.state)
            ja, en = state.ja, state.en
            if must.outcome is not None:
                outcome = label_of(must.outcome)
                ja, en = f"{ja}（{outcome.ja}）", f"{en} ({outcome.en})"
            if must.actor is None:
                return Words(f"通報者の画面は「{ja}」", f"the caller's screen: {en}")
            who = names.actor(must.actor)
            return Words(f"{who.ja}の画面は「{ja}」", f"the screen of {who.en}: {en}")
        case musts.Rule():
            ja = "、境界付近と表示" if must.ambiguous else ""
            en = ", flagged as ambiguous" if must.ambiguous else ""
            rule = names.rule(must.rule)
            return Words(
                f"振分け: {rule.ja}（{must.rule}）{ja}", f"routing: {rule.en} ({must.rule}){en}"
            )
        case musts.Told():
            who, what = names.actor(must.actor), names.notice(must.notice)
            to = names.department(must.phone) if must.phone else None
            return Words(
                f"{who.ja}に「{what.ja}」と示された" + (f"（電話先 {to.ja}）" if to else ""),
                f"{who.en} was told: {what.en}" + (f"; to phone {to.en}" if to else ""),
            )
        case musts.SameTranscript():
            all_ = names.listed(must.actors)
            return Words(f"やりとりの記録が同じ: {all_.ja}", f"the same transcript: {all_.en}")
        case musts.Kept():
            who = names.actor(must.actor)
            return Words(
                f"{who.ja}に、それまでのやりとりが残っている",
                f"{who.en} has kept what was said up to then",
            )
        case musts.Order():
            return Words(
                "順に言われた: " + " → ".join(must.texts),
                "said in order: " + " -> ".join(must.texts),
            )
        case musts.Rang():
            who = names.actor(must.actor)
            return Words(f"{who.ja}で呼び出した", f"it rang at {who.en}")
        case musts.Silence():
            who = names.actor(must.actor)
            return Words(
                f"{who.ja}に、通報者の反応がないことと、その終わりが示された",
                f"{who.en} was shown that the caller does not react, and the end of that",
            )
        case musts.Never():
            who = names.actor(must.actor)
            return Words(f"{who.ja}では一度も呼び出さなかった", f"it never rang at {who.en}")
        case musts.NothingElse():
            who = names.actor(must.actor)
            return Words(
                f"{who.ja}には、ほかの通報は何も示されなかった", f"{who.en} was shown no other call"
            )
        case musts.Card():
            shown = "、".join(must.texts)
            return Words(f"読み上げる画面に出た: {shown}", f"on the card to be read aloud: {shown}")
    return None


def _of_record(must: musts.Check, names: Names) -> Words | None:
    match must:
        case musts.NoDispatch():
            return Words("出動の記録がない（I5）", "no crew was recorded as sent (I5)")
        case musts.Transferred():
            to = names.department(must.to)
            if must.failure is not None:
                return Words(
                    f"{to.ja}への転送は成立しなかった（{names.failure(must.failure).ja}）",
                    f"not transferred to {to.en} ({names.failure(must.failure).en})",
                )
            return Words(f"{to.ja}に転送された", f"transferred to {to.en}")
        case musts.CalledBack():
            failure = names.failure(must.failure) if must.failure else None
            why_ja, why_en = (f"（{failure.ja}）", f" ({failure.en})") if failure else ("", "")
            persons = "、".join(must.contacts or ())
            more_ja = f"、連絡先の順: {persons}" if persons else ""
            more_en = f", contacts in order: {persons}" if persons else ""
            state = CALLBACKS[must.state]
            return Words(
                f"呼び返しメール: {state.ja}{why_ja}{more_ja}",
                f"callback mail: {state.en}{why_en}{more_en}",
            )
        case musts.Withdrawn():
            who = names.actor(must.actor)
            return Words(f"{who.ja}に取り消しが届いた", f"{who.en} was told that it is withdrawn")
        case musts.AddressDiffers():
            who, there = names.actor(must.actor), names.department(must.department)
            return Words(
                f"{who.ja}のメールアドレスは、登録地では認められ、{there.ja}では認められない",
                f"the mail address of {who.en} is allowed at home, and not by {there.en}",
            )
        case musts.Trail():
            cause = CAUSES[must.cause]
            return Words(
                f"{names.actor(must.actor).ja}の記録の最後の位置は「{cause.ja}」",
                f"the last place known to {names.actor(must.actor).en}: {cause.en}",
            )
        case musts.Reported():
            return Words(
                f"{names.actor(must.actor).ja}の記録に報告が残る: {must.text}",
                f"the report is in the record of {names.actor(must.actor).en}: {must.text}",
            )
        case musts.Epoch():
            changed = must.epoch - 1
            return Words(
                f"担当が変わったのは{changed}回（epoch {must.epoch}）",
                f"the owner changed {changed} times (epoch {must.epoch})",
            )
        case musts.Announced():
            who = names.actor(must.actor)
            ja, en = f"{who.ja}が登録者に知らせた", f"{who.en} told the registrants"
            if must.at_least > 1:
                ja, en = f"{ja}（{must.at_least}回以上）", f"{en} ({must.at_least} times or more)"
            if must.to:
                to = names.listed(must.to)
                ja, en = f"{ja}。届いた人: {to.ja}", f"{en}; it came to {to.en}"
            return Words(ja, en)
        case musts.InTime():
            begin, end = names.step(must.begin), names.step(must.end)
            return Words(
                f"{begin.ja}から{end.ja}まで{long(must.seconds, 'ja')}以内",
                f"from {begin.en} to {end.en} within {long(must.seconds, 'en')}",
            )
    return None


def _later(seconds: float) -> Words:
    """A time that passes, in hours and minutes where it is long."""
    return Words(f"{long(seconds, 'ja')}たつ", f"{long(seconds, 'en')} later")


def _ja(spot: Spot) -> str:
    return f"（{spot.said}）" if spot.said else ""


def _en(spot: Spot) -> str:
    return f" ({spot.said})" if spot.said else ""
