"""Deeds and checks of the home alarm service in words."""

from net119_protocol.alarms.codes import label_of

from net119_scenarios.acted.alarms import deeds, musts
from net119_scenarios.acted.alarms.persons import offices, stations
from net119_scenarios.acted.check import Check
from net119_scenarios.acted.step import Step
from net119_scenarios.words import Words

_BUTTONS = {
    "alarm": Words("緊急ボタンを押す", "presses the alarm button"),
    "test": Words("試験通報をする", "makes a test alarm"),
    "consultation": Words("相談ボタンを押す", "presses the consultation button"),
}
_PLAIN = {
    deeds.Take: Words("受け持つ", "takes the alarm"),
    deeds.Hail: Words("もう一度呼び掛ける", "calls out to the user again"),
    deeds.RingHelpers: Words("協力員に順に電話する", "rings the helpers in their order"),
    deeds.WardReport: Words("区役所への報告", "the report to the ward office"),
    deeds.CheckEquipment: Words("機器の作動を確認して終える", "checks the equipment, and ends it"),
    deeds.End: Words("終了する", "ends it"),
    deeds.See: Words("画面で確かめる", "sees at the desk"),
}


def told_of_step(step: Step) -> Words | None:
    """What is done; None for what the desk, the telephone or the radio shows by itself."""
    match step:
        case deeds.Press():
            return _BUTTONS[step.button]
        case deeds.Battery():
            return Words(
                f"発信設備の電池が{step.percent}%になる",
                f"the unit's battery is at {step.percent} %",
            )
        case deeds.CutLine():
            return Words("発信設備の回線が切れる", "the unit's line is cut")
        case deeds.MendLine():
            return Words("発信設備の回線が戻る", "the unit's line is back")
        case deeds.HearChange():
            return Words(f"登録内容の変更を記録する: {step.what}", f"notes a change: {step.what}")
    return None


def model_of(step: Step) -> Words | None:
    """What a step is, for who plays it or leads the drill; None for what is no alarm's."""
    plain = _PLAIN.get(type(step))
    if plain is not None:
        return plain
    match step:
        case deeds.Radio():
            return Words(f"無線「{step.text}」", f"by radio: “{step.text}”")
        case deeds.RingBack():
            return Words(f"電話「{step.text}」", f"by telephone: “{step.text}”")
        case deeds.Classify():
            label = label_of(step.finding)
            return Words(f"判断する: {label.ja}", f"finds: {label.en}")
        case deeds.HelperThere():
            return Words("協力員の到着を記録する", "notes that a helper has arrived")
        case deeds.Scene():
            label = label_of(step.event)
            return Words(f"現場の報告を記録する: {label.ja}", f"notes from the house: {label.en}")
        case deeds.Tell():
            label = label_of(step.recipient)
            return Words(f"{label.ja}に連絡する", f"tells: {label.en}")
        case deeds.TellHomeStation():
            return Words("住所地の消防署に知らせる", "tells the station of the user's home")
    return told_of_step(step)


def said_of_must(must: Check, who: dict[str, Words]) -> Words | None:
    """What must hold, as a sentence; ``who`` names the actors."""
    match must:
        case musts.AlarmState():
            state = label_of(must.state)
            out = label_of(must.outcome) if must.outcome is not None else None
            return Words(
                f"緊急通報の状態は「{state.ja}{'・' + out.ja if out else ''}」",
                f"the alarm is: {state.en}{', ' + out.en if out else ''}",
            )
        case musts.AlarmDispatched():
            why = label_of(must.because)
            by = Words("指令員が", "by a dispatcher")
            if must.by == "timer":
                by = Words("時間切れで自動的に", "by time")
            most = must.within
            return Words(
                f"{by.ja}出動させた（{why.ja}{f'、通報から{most:g}秒以内' if most else ''}）",
                f"dispatched {by.en} ({why.en}{f', within {most:g} s' if most else ''})",
            )
        case musts.AlarmNotDispatched():
            return Words(
                "出動させておらず、その理由が記録にある",
                "nobody was sent, and the record says why",
            )
        case musts.HelpersAsked():
            ja, en = [], []
            for each in must.helpers:
                name = who.get(each.helper, Words(each.helper, each.helper))
                label = label_of(each.answer) if each.answer else None
                ja.append(f"{name.ja}{f'（{label.ja}）' if label else ''}")
                en.append(f"{name.en}{f' ({label.en})' if label else ''}")
            return Words(
                "協力員に登録順に依頼した: " + "、".join(ja),
                "helpers were asked in their order: " + ", ".join(en),
            )
        case musts.SceneReported():
            label = label_of(must.event)
            return Words(
                f"現場から「{label.ja}」の報告がある"
                + ("（立会い人あり）" if must.witness else ""),
                f"reported from the house: {label.en}" + (" (witnessed)" if must.witness else ""),
            )
    return _of_tellings(must)


def _of_tellings(must: Check) -> Words | None:
    match must:
        case musts.AlarmTold():
            to, desk = label_of(must.recipient), label_of(must.desk)
            end = {
                True: Words("に連絡した", "was told"),
                False: Words("に電話したがつながらなかった", "was rung, and not reached"),
                None: Words("に、開庁したら連絡する", "is told when it opens"),
            }[must.reached]
            return Words(f"{to.ja}（{desk.ja}）{end.ja}", f"{to.en} ({desk.en}) {end.en}")
        case musts.NobodyTold():
            desk = label_of(must.desk)
            return Words(f"{desk.ja}には連絡していない", f"nobody was told at: {desk.en}")
        case musts.WardReported():
            office = offices().get(must.office, {}).get("name", must.office)
            kind = label_of(must.accident)
            acted = Words("協力員の活動あり", "helpers acted")
            if not must.helpers_acted:
                acted = Words("協力員の活動なし", "no helper acted")
            sent = (
                Words("送った", "sent") if must.sent else Words("開庁時に送る", "waits to be sent")
            )
            return Words(
                f"{office}への報告: {kind.ja}、{acted.ja}、{sent.ja}",
                f"report to {must.office}: {kind.en}, {acted.en}, {sent.en}",
            )
        case musts.HomeStationTold():
            name = stations().get(must.station, must.station)
            return Words(f"住所地の{name}に知らせた", f"station {must.station} was told")
        case musts.ChangeHeard():
            return Words(
                f"登録内容の変更が台帳に記録された: {must.text}",
                f"the ledger has it that this changed: {must.text}",
            )
    return None


__all__ = ["model_of", "said_of_must", "told_of_step"]
