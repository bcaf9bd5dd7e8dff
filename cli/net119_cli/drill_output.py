"""What `net119 drill run` prints: how people get in, and how the drill ended."""

from collections.abc import Sequence

from net119_protocol.labels import Language
from net119_scenarios.acted.drill_part import Bad
from net119_scenarios.drills.expected import faultless, lacking, shown
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.view import DrillView
from net119_scenarios.drills.web.hall import Hall
from net119_scenarios.drills.web.ports import local_url
from net119_scenarios.layout import WIDTH, columns, wrap
from net119_scenarios.lengths import long


def ways_in(view: DrillView, hall: Hall, language: Language) -> list[str]:
    """For each role of a person, and for the drill's staff: what to open, and the log-in."""
    ja = language == "ja"
    found: list[str] = []
    for role in view.roles:
        if role.by != "person":
            continue
        called = role.called.ja if ja else role.called.en
        who = f"（{role.who}）" if role.who and ja else f" ({role.who})" if role.who else ""
        found.append(f"- {called}{who}")
        if role.knows is not None:
            found += [
                f"    {each}" for each in wrap(role.knows.ja if ja else role.knows.en, WIDTH - 4)
            ]
        if role.role == "dispatcher":
            for desk in hall.desks:
                if desk.center == role.center:
                    secret = f"パスワード {desk.password}" if ja else f"password {desk.password}"
                    found += [f"    {desk.url}", f"    {desk.name}  {secret}"]
        else:
            url = local_url(hall.ports.of_provider(role.provider), role.login_id.lower()) + "/my"
            secret = f"パスワード {role.password}" if ja else f"password {role.password}"
            found += [f"    {url}", f"    ID {role.login_id}  {secret}"]
            mail = local_url(hall.ports.mailboxes)
            found.append(f"    {'メール' if ja else 'mail'} {role.mail}  {mail}/")
    for seat in hall.staff:
        secret = f"パスワード {seat.password}" if ja else f"password {seat.password}"
        found.append(
            f"- {'職員ページ' if ja else 'Staff pages'}: {seat.title.ja if ja else seat.title.en}"
        )
        found += [f"    {seat.url}", f"    {seat.name}  {secret}"]
        boxes = "送ったメールは、模擬メールボックスで見る" if ja else "look for what it mails at"
        found.append(f"    {boxes}: {local_url(hall.ports.mailboxes)}/")
    return found


def ending(
    record: DrillRecord, language: Language, *, bads: Sequence[Bad], people: bool
) -> tuple[list[str], bool]:
    """What became of the drill, and whether that is as it should be.

    With ``bads`` it should show their faults, with ``people`` nothing is judged, else
    everything must be well.
    """
    ja = language == "ja"
    lines = ["判定項目" if ja else "What must hold"]
    for check in record.checks:
        mark = ("○" if ja else "ok") if check.held else ("×" if ja else "NO")
        lines += columns(f"  {mark} ", check.words.of(language), left_width=6, width=WIDTH)
        if not check.held:
            lines += columns(
                "", f"→ {check.where}: {check.instead(language)}", left_width=8, width=WIDTH
            )
    missed = shown(record).missed
    if record.questions:
        lines.append("聞き取ること" if ja else "What should have been asked")
    for question in record.questions:
        asked = question.id not in missed
        mark = ("○" if ja else "ok") if asked else ("×" if ja else "NO")
        optional = "" if question.required else "（できれば）" if ja else " (optional)"
        what = question.what.of(language) + optional
        lines += columns(f"  {mark} ", what, left_width=6, width=WIDTH)
    for aim in record.aims:
        begin, end = record.moments.get(aim.begin), record.moments.get(aim.end)
        took = long(end - begin, language) if begin is not None and end is not None else "-"
        within = long(aim.seconds, language)
        goal = f"（目標 {within}）" if ja else f" (aim {within})"
        lines.append(f"  {aim.what.of(language)}: {took}{goal}")
    for unclear in record.not_understood:
        head = "通報者に通じなかった" if ja else "Not understood by the caller"
        lines.append(f"  {head}: 「{unclear.text}」")
    if people:
        return lines, True
    wrong = [each for bad in bads for each in lacking(record, bad)] if bads else faultless(record)
    lines += [f"  ! {each.of(language)}" for each in wrong]
    if wrong:
        said = "期待どおりではありません。" if ja else "It did not go as it should."
    elif bads:
        faults = ", ".join(each.fault.value for each in bads)
        said = (
            f"悪い例（{faults}）が記録に表れました。"
            if ja
            else f"The record shows the fault ({faults})."
        )
    else:
        said = "すべて成り立ちました。" if ja else "Everything held."
    return [*lines, said], not wrong
