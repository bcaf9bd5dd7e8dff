"""The routing decision: a pure function, row by row of its table, the first that fits."""

import math
from dataclasses import replace
from datetime import date

from net119_protocol.codes import LinkSecurity, Positioning
from net119_protocol.directory import (
    Department,
    Directory,
    DirectoryView,
    JurisdictionIndex,
)

from net119_reference.routing.decision import (
    COAST_GUARD,
    REFUSING_RULES,
    Alternative,
    AlternativeReason,
    RoutingDecision,
    RoutingOutcome,
    RoutingRule,
    alternative_of,
    contact_of,
)
from net119_reference.routing.facts import Peers, RoutingInput, Standing
from net119_reference.routing.point import (
    Found,
    RoutedPoint,
    home_differs,
    look_up,
    place_differs,
    routed_point,
)


def route(
    facts: RoutingInput,
    index: JurisdictionIndex,
    directory: Directory | DirectoryView,
    day: date,
    peers: Peers,
) -> RoutingDecision:
    """Decide which department gets a call (TOM-03, TOM-04, ASO-17, ASO-18, CNB-01, CNB-39).

    ``day`` is the day in Japan; ``directory`` may be a view already taken on that day, and has to
    be one where planned stops, which have times, are to count.

    Rows, first that fits: caller refused or suspended; positioning off; outside Japan; plaintext
    not allowed; plaintext allowed; no position; far at sea; served by the home center; other and
    running; other and not running; not adopted. Up to 1 km from land the sea belongs to the
    nearest municipality. A place confirmed by a person (pin, or the registered address with
    "home") stands in for a missing fix; the decision is then still marked ``no_position``, and
    counts over a fix that contradicts it: a fix abroad does not refuse a caller who says "home".

    Raises `UnknownDepartment` if the home department does not exist on that day, ValueError for a
    view of another day.
    """
    view = directory.on(day) if isinstance(directory, Directory) else directory
    if view.day != day:
        raise ValueError(f"the directory view is of {view.day}, the call of {day}")
    home = view.department(facts.home_department)
    point = routed_point(facts)
    base = RoutingDecision(
        outcome=RoutingOutcome.ACCEPT,
        rule=RoutingRule.NO_POSITION,
        directory_version=view.version,
        home_department=home.code,
        point=point.position if point else None,
        point_source=point.source if point else None,
        radius_m=point.radius_m if point else 0.0,
        plaintext=facts.link == LinkSecurity.PLAINTEXT,
        no_position=facts.fix is None,
        home_differs=home_differs(facts),
        place_differs=place_differs(facts),
    )
    if facts.standing.status != Standing.OK:
        return _refused(base, RoutingRule.REFUSED_REGISTRANT, facts.standing.reason)
    if facts.positioning != Positioning.ON:
        return _refused(base, RoutingRule.POSITIONING_OFF)
    found = look_up(point, index, view) if point else None
    if found is not None and found.outside_japan:
        return _refused(base, RoutingRule.OUTSIDE_JAPAN)
    if base.plaintext:
        # Not searched (ASO-17): nothing of what lies at the point goes into the decision.
        if not facts.plaintext_allowed:
            return _refused(base, RoutingRule.PLAINTEXT_NOT_ALLOWED)
        return _to(base, RoutingRule.PLAINTEXT_HOME, home)
    if found is None or found.department is None:
        return _to(base, RoutingRule.NO_POSITION, home)
    return _by_place(base, facts, found, found.department, home, index, view, peers)


def fall_back_home(
    decision: RoutingDecision, rule: RoutingRule, directory: DirectoryView
) -> RoutingDecision:
    """The same call after its department rejected it or stayed silent: home, told whom to phone.

    ``rule`` is PEER_REJECTED or PEER_SILENT, ``decision`` one by OTHER_RUNNING; ValueError for
    others (ASO-18, invariant I7).
    """
    if rule not in (RoutingRule.PEER_REJECTED, RoutingRule.PEER_SILENT):
        raise ValueError(f"{rule}: a call falls back only when its peer rejects or stays silent")
    if decision.rule != RoutingRule.OTHER_RUNNING or decision.responsible is None:
        raise ValueError(f"a call routed by {decision.rule} was not offered to another department")
    home = directory.department(decision.home_department)
    phone = (contact_of(directory.department(decision.responsible)),)
    return replace(_to(decision, rule, home), whom_to_phone=phone)


def _by_place(
    base: RoutingDecision,
    facts: RoutingInput,
    found: Found,
    responsible: Department,
    home: Department,
    index: JurisdictionIndex,
    view: DirectoryView,
    peers: Peers,
) -> RoutingDecision:
    """The rows that depend on where the caller is."""
    rule = _rule_of_place(found, responsible, home, peers)
    takes = rule in (RoutingRule.HOME_CENTER, RoutingRule.OTHER_RUNNING)
    phone = [] if takes else [contact_of(responsible)]
    if rule == RoutingRule.FAR_AT_SEA:
        phone.append(COAST_GUARD)
    placed = replace(
        base,
        responsible=responsible.code,
        municipality=found.municipality,
        not_running=(peers.why_not(responsible) if rule == RoutingRule.OTHER_NOT_RUNNING else None),
        stop_until=(
            responsible.stop.stop_until
            if responsible.stop and rule == RoutingRule.OTHER_NOT_RUNNING
            else None
        ),
        adopts_on=(
            view.adopts_on(found.municipality)
            if found.municipality and rule == RoutingRule.NOT_ADOPTED
            else None
        ),
        distance_to_land_m=(
            found.distance_to_land_m if math.isfinite(found.distance_to_land_m) else None
        ),
        shares=found.shares,
        ambiguous=found.ambiguous,
        whom_to_phone=tuple(phone),
        alternatives=_alternatives(base, facts, found, responsible, index, view),
    )
    return _to(placed, rule, responsible if takes else home)


def _rule_of_place(
    found: Found, responsible: Department, home: Department, peers: Peers
) -> RoutingRule:
    if found.far_at_sea:
        return RoutingRule.FAR_AT_SEA
    # A home department without a center (its adoption has ended) still answers for itself.
    same_center = home.center is not None and responsible.center == home.center
    if same_center or responsible.code == home.code:
        return RoutingRule.HOME_CENTER
    if responsible.provider is None:
        return RoutingRule.NOT_ADOPTED
    if peers.why_not(responsible) is None:
        return RoutingRule.OTHER_RUNNING
    return RoutingRule.OTHER_NOT_RUNNING


def _alternatives(
    base: RoutingDecision,
    facts: RoutingInput,
    found: Found,
    responsible: Department,
    index: JurisdictionIndex,
    view: DirectoryView,
) -> tuple[Alternative, ...]:
    """Other departments that may be the right one, each named once, by its first reason."""
    others: dict[str, Alternative] = {}
    for share in found.shares[1:] if found.ambiguous else ():
        department = view.department(share.department)
        others[department.code] = alternative_of(department, AlternativeReason.AMBIGUOUS)
    if base.home_differs or base.place_differs:
        reason = (
            AlternativeReason.HOME_DIFFERS if base.home_differs else AlternativeReason.PLACE_DIFFERS
        )
        for point in _chosen_and_fix(facts):
            there = look_up(point, index, view).department
            if there is not None and there.code != responsible.code:
                others.setdefault(there.code, alternative_of(there, reason))
    return tuple(others.values())


def _chosen_and_fix(facts: RoutingInput) -> list[RoutedPoint]:
    """The place chosen and the fix, each as the point it would be if it alone were known."""
    unpinned = replace(facts, pin=None)
    each = (
        replace(unpinned, fix=None),
        replace(unpinned, registered_address=None, frequent=None),
    )
    return [point for point in map(routed_point, each) if point is not None]


def _refused(base: RoutingDecision, rule: RoutingRule, reason: str = "") -> RoutingDecision:
    return replace(base, outcome=RoutingOutcome.REFUSE, rule=rule, reason=reason)


def _to(base: RoutingDecision, rule: RoutingRule, department: Department) -> RoutingDecision:
    """The call goes to a department, at its center and provider of that day."""
    if rule in REFUSING_RULES:
        raise ValueError(f"{rule} refuses a call, it sends none to {department.code}")
    return replace(
        base,
        rule=rule,
        department=department.code,
        center=department.center,
        provider=department.provider,
    )
