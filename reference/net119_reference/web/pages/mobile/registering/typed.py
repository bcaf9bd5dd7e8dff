"""What a phone typed, put beside what was there: nothing that it cannot show is lost by it."""

from collections.abc import Iterable, Mapping

from net119_protocol.profile.check import FieldProblem

from net119_reference.web.pages.mobile.charset import Charset, shown
from net119_reference.web.pages.mobile.form import MobileForm
from net119_reference.web.pages.mobile.spelling import EMOJI, GETA, spelled


def put(
    before: Mapping[str, str], form: MobileForm, names: Iterable[str], charset: Charset
) -> tuple[dict[str, str], tuple[FieldProblem, ...]]:
    """The fields with those of one page as the phone sent them, and what it could not write.

    A text that comes back as it was shown is not touched: the phone showed ``〔吉〕`` for ``𠮷``,
    and nobody meant to change it.  Where the text around it was changed, the character behind a
    spelled form is put back.
    """
    fields, problems = dict(before), []
    for name in names:
        if name not in form.fields:
            continue
        old, text = before.get(name, ""), form.fields[name]
        as_shown = shown(old, charset)
        if text.strip() == as_shown.text.strip():
            continue
        for each in as_shown.replaced:
            if spelled(each) not in (GETA, EMOJI):
                text = text.replace(spelled(each), each)
        fields[name] = text
        lost = form.replaced.get(name, ())
        if lost or (as_shown.replaced and any(each in text for each in (GETA, EMOJI))):
            problems.append(_unreadable(name))
    return fields, tuple(problems)


def _unreadable(name: str) -> FieldProblem:
    return FieldProblem(
        name,
        "characters",
        f"絵文字など、使えない文字を {GETA} や {EMOJI} に置きかえました。ほかの文字に直すか、"
        "そのままでよければ、もう一度「次へ」を押してください。",
        f"Characters that cannot be used (emoji, for instance) were replaced by {GETA} or {EMOJI}. "
        "Write something else, or press Next again if it may stay so.",
    )
