"""What a change form says of whom it is from, and when it was received (CNB-44, CNB-50)."""

from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.wareki import DateProblem, written_day

from net119_reference.registration.ports import ChangeForm
from net119_reference.web.pages.forms import Form
from net119_reference.web.pages.staff.act_pages import long_text, received_on

RECEIVED, NAME, BIRTH, MAIL = "paper.received_on", "form.name", "form.birth_date", "form.mail"
NUMBER, NOTE, DEVICE = "form.number", "form.note", "form.device_changed"


def change_form(form: Form) -> tuple[ChangeForm | None, tuple[FieldProblem, ...]]:
    """The form that was keyed in, or what is wrong with it."""
    received, wrong = received_on(form, RECEIVED)
    found = [
        wrong,
        *(long_text(form, name, required=True) for name in (NAME, MAIL)),
        *(long_text(form, name) for name in (NUMBER, NOTE)),
    ]
    born = None
    try:
        born = written_day(form.get(BIRTH)[:40])
    except DateProblem as problem:
        found.append(FieldProblem(BIRTH, problem.code, problem.ja, problem.en))
    problems = tuple(each for each in found if each is not None)
    if problems or received is None or born is None:
        return None, problems
    return (
        ChangeForm(
            name=form.get(NAME),
            birth_date=born,
            mail=form.get(MAIL),
            received_on=received,
            device_changed=form.get(DEVICE) == "yes",
            number=form.get(NUMBER),
            note=form.get(NOTE),
        ),
        (),
    )
