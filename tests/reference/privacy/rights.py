"""Who may see what in an answer, and what must be seen in it."""

from net119_reference.registration.roles import Right

from tests.reference.privacy.asks import Ask
from tests.reference.privacy.people import (
    IMAGE,
    LOGIN,
    SEALED,
    SECRET,
    WITH_THE_ANSWER,
    Marked,
)
from tests.reference.privacy.rows import WHOLE, Row
from tests.reference.privacy.world import Actor, World


def may_see(world: World, row: Row, actor: Actor, ask: Ask) -> set[tuple[str, str]]:
    """Whose data, and which of them, may stand in the answer; everything else is a leak."""
    return {
        (key, name) for key, name in _allowed(world, row, actor, ask) if not world.people[key].gone
    }


def _allowed(world: World, row: Row, actor: Actor, ask: Ask) -> set[tuple[str, str]]:
    match row.audience:
        case "holder":
            return _all_of(world, ask.holder)
        case "page":
            # Browsers ask for the manifest without cookies: it repeats the URL's own secret.
            found = _all_of(world, actor.person) if actor.person is ask.about else set()
            return found | ({(ask.about.key, SECRET)} if ask.about else set())
        case "self":
            return _all_of(world, actor.person)
        case "center":
            return _of_calls(world, actor)
        case "staff" if ask.path.startswith("/api/") == bool(actor.token):
            return _of_department(world, actor)
        case _:
            return set()


def _all_of(world: World, person: Marked | None) -> set[tuple[str, str]]:
    """Everything that is a person's own, drafts and changes included."""
    if person is None:
        return set()
    own = [each for each in world.people.values() if person.key in (each.key, each.author)]
    return {(each.key, name) for each in own for name in each.marks}


def _of_calls(world: World, actor: Actor) -> set[tuple[str, str]]:
    """Whoever has called the dispatcher's center, with what is on record of them."""
    if actor.kind != "dispatcher":
        return set()
    callers = [each for each in world.calls.values() if each.department == actor.unit]
    hidden = {SECRET, IMAGE, LOGIN} | _not_yet(world)
    return {(each.key, name) for each in callers for name in each.marks if name not in hidden}


def _not_yet(world: World) -> frozenset[str]:
    """What comes with the answer, where nobody has answered (ASO-04)."""
    return frozenset() if world.answered else WITH_THE_ANSWER


def _of_department(world: World, actor: Actor) -> set[tuple[str, str]]:
    """What the department's staff with this role may see before a call."""
    if actor.kind != "staff" or not actor.may(Right.READ):
        return set()
    return {
        (each.key, name)
        for each in world.people.values()
        if each.department == actor.unit and each.filed
        for name in each.marks
        if name != SECRET
        and world.readable(each, name)
        and (name != IMAGE or actor.may(Right.SEE_IMAGES))
    }


def must_see(world: World, row: Row, actor: Actor, ask: Ask) -> set[tuple[str, str]]:
    """What the answer has to show, so that refusing everything is no way to pass."""
    person = ask.about
    if person is not None and person.gone:
        return set()
    match row.audience:
        case "holder" if ask.holder is not None:
            # A draft is shown instead of what is on record.
            people = world.people.values()
            draft = next((each for each in people if each.author == ask.holder.key), ask.holder)
            return {(draft.key, name) for name in row.must}
        case "center" if actor.kind == "dispatcher" and (person or "/calls/" not in ask.path):
            callers = [person] if person else list(world.calls.values())
            own = [each for each in callers if each.department == actor.unit]
            wanted = row.must - _not_yet(world)
            return {(each.key, name) for each in own for name in wanted}
        case "self" | "page" if actor.person is not None and person is actor.person:
            return {(person.key, name) for name in row.must}
        case "staff" if actor.kind == "staff" and row.right and actor.may(row.right):
            if ask.path.startswith("/api/") != bool(actor.token):
                return set()
            return _staff_must(world, row, actor, ask)
        case _:
            return set()


def _staff_must(world: World, row: Row, actor: Actor, ask: Ask) -> set[tuple[str, str]]:
    person, letter = ask.about, actor.unit[0].upper()
    if person is None:
        return {(f"{letter}-{row.subject}", name) for name in row.must}
    if person.department != actor.unit or (
        ask.path.endswith(str(person.registrant_id)) and "purpose" not in ask.query
    ):
        return set()
    wanted = row.must
    if IMAGE in wanted and person.role != "applied":
        return set()
    if wanted is WHOLE:
        # The page says of a place's position only that it was confirmed.
        wanted |= {name for name in SEALED - {"place-lat"} if world.readable(person, name)}
    return {(person.key, name) for name in wanted}
