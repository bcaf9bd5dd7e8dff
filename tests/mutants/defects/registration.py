"""Registration on paper, cancelling, and the audit log."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from net119_protocol.api.staff import RegistrationState
from net119_protocol.profile import check
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Item, MailRule
from net119_reference.registration.states import CAN_CALL, Act
from net119_reference.service import handsets
from net119_reference.service.registration import paper
from net119_reference.service.registration.office import Office
from net119_reference.service.registration.reading import Reading
from net119_reference.service.registry import Registry

from tests.mutants.registry import Patch, mutant


def _without(patch: Patch, *codes: str) -> None:
    """Problems of these codes are not noticed."""

    def problems(original: Any, *arguments: Any, **options: Any) -> tuple[FieldProblem, ...]:
        found = original(*arguments, **options)
        return tuple(each for each in found if each.code not in codes)

    patch.around(check, "problems", problems)


@mutant("fax-not-required", kills={"PAPER-REQUIRED-ITEMS": "a form without fax is refused"})
def fax_not_required(patch: Patch) -> None:
    """A form without a fax number is taken."""

    def missing(original: Any, *arguments: Any) -> Any:
        return (each for each in original(*arguments) if each.path != check.path_of(Item.FAX))

    patch.around(check, "_missing", missing)


@mutant("nothing-required", kills={"PAPER-REQUIRED-ITEMS": "a form without disability is refused"})
def nothing_required(patch: Patch) -> None:
    """A form is taken whatever it lacks."""
    _without(patch, "missing")


@mutant("doubled-periods-taken", kills={"PAPER-MAIL-ADDRESS": "the address a..b@ is refused"})
def doubled_periods_taken(patch: Patch) -> None:
    """An address with two periods in a row is taken."""
    _without(patch, "doubled-period")


@mutant("symbols-rule-everywhere", kills={"PAPER-MAIL-ADDRESS": "the address a--b@ is taken"})
def symbols_rule_everywhere(patch: Patch) -> None:
    """Another department's rule is applied."""

    def address_problem(original: Any, _rule: Any, address: str) -> Any:
        return original(MailRule.SYMBOLS, address)

    patch.around(check, "address_problem", address_problem)


@mutant("consent-not-asked", kills={"PAPER-CONSENT": "a form without signed consent is refused"})
def consent_not_asked(patch: Patch) -> None:
    """A form is taken whether the consent is signed or not."""

    def key_in(original: Any, desk: Any, who: Any, application: Any, details: Any) -> Any:
        return original(desk, who, application, replace(details, consent_signed=True))

    patch.around(paper.PaperDesk, "key_in", key_in)


@mutant(
    "guardian-not-asked",
    kills={"PAPER-GUARDIAN": "a minor's form without a guardian is refused"},
)
def guardian_not_asked(patch: Patch) -> None:
    """A minor's form is taken without a guardian."""
    _without(patch, "guardian-needed")


@mutant(
    "eighteen-from-the-next-day",
    kills={"PAPER-GUARDIAN": "the form of a person of 18 needs no guardian"},
)
def eighteen_from_the_next_day(patch: Patch) -> None:
    """On the very birthday people are still taken to be a year younger."""
    patch.around(
        check, "age_on", lambda original, birth, day: original(birth, day - timedelta(days=1))
    )


@mutant(
    "anybody-eligible",
    kills={"PAPER-ELIGIBLE": "the form of a person living elsewhere is refused"},
)
def anybody_eligible(patch: Patch) -> None:
    """People from anywhere are registered."""
    _without(patch, "outside-area", "not-eligible")


@mutant(
    "special-need-refused",
    kills={"PAPER-ELIGIBLE": "the form of a person to be accepted is taken"},
)
def special_need_refused(patch: Patch) -> None:
    """Nobody is registered by the department's own decision."""

    def eligibility(original: Any, profile: Any, application: Any, today: Any) -> Any:
        yield from original(profile, application, today)
        if application.basis == "accepted":
            yield FieldProblem("basis", "not-eligible", "対象外です。", "Not eligible.")

    patch.around(check, "_eligibility", eligibility)


@mutant("cancelled-can-call", kills={"RECORD-CANCELLED": "a call with the old session is refused"})
def cancelled_can_call(patch: Patch) -> None:
    """A cancelled registrant's session goes on, and calls are taken."""
    patch(Registry, "shut_out", lambda *_: None)
    patch(handsets, "CAN_CALL", CAN_CALL | {RegistrationState.CANCELLED})


@mutant("cancelled-can-log-in", kills={"RECORD-CANCELLED": "the log-in no longer works"})
def cancelled_can_log_in(patch: Patch) -> None:
    """A cancelled registrant's password goes on to work."""

    def act(original: Any, *given: Any, **changed: Any) -> Any:
        if Act.CANCEL in given:
            del changed["password_hash"]
        return original(*given, **changed)

    patch.around(Office, "act", act)


@mutant(
    "accesses-not-kept", kills={"RECORD-ACCESS-LOGGED": "the reading is on record with its purpose"}
)
def accesses_not_kept(patch: Patch) -> None:
    """Nothing is written to the audit log."""
    patch(Office, "audit", lambda *_, **__: None)


@mutant(
    "every-reader-is-staff",
    kills={"RECORD-ACCESS-LOGGED": "two readers are on record as two people"},
)
def every_reader_is_staff(patch: Patch) -> None:
    """The audit log says that it was staff, and not who of them."""

    def audited(original: Any, reading: Reading, who: Any, *given: Any) -> Any:
        return original(reading, replace(who, name="職員"), *given)

    patch.around(Reading, "_audited", audited)


@mutant(
    "lists-count-as-reading",
    kills={"RECORD-ACCESS-LOGGED": "nothing says that the other registration was read"},
)
def everybody_read(patch: Patch) -> None:
    """Reading one registration is put down as reading each of the department."""

    async def application(original: Any, reading: Reading, who: Any, wanted: Any, why: str) -> Any:
        for each in reading._office.registry.all_of(who.department):
            await reading._audited(who, "read", each.registrant_id, why)
        return await original(reading, who, wanted, why)

    patch.around(Reading, "application", application)
