"""The register of users: cards, changes, moves, visits and returns."""

from datetime import date

import pytest
from net119_protocol.alarms.people import (
    EntryKind,
    EntryState,
    GuidancePoint,
    HeardBy,
    Helper,
    HelperProblem,
    Ledger,
    LedgerState,
    NewVisit,
)
from net119_reference.alarms import ledger as register
from net119_reference.alarms.ledger import Card, NotEntered

from tests.reference.alarms.people import FAR, NEAR, NOW, user

MONDAY = date(2026, 11, 30)
ALL = tuple(GuidancePoint)


def entered(*helpers_of_user: object) -> Ledger:
    return register.enter(Card(1001, user(*helpers_of_user), "nakagyo", MONDAY), NOW)  # type: ignore[arg-type]  # the tests' own helpers


def installed() -> Ledger:
    done = register.give_back(entered(), 1, "S-77", MONDAY)
    done = register.ledger_at_section(done, MONDAY)
    done = register.ledger_at_station(done, date(2026, 12, 1))
    return register.install(done, "K-1001", date(2026, 12, 2))


def visited(by: Ledger, on: date, points: tuple[GuidancePoint, ...] = ALL) -> Ledger:
    return register.visit(by, NewVisit(on=on, kind="guidance", points=points, by="係員"), NOW)


def test_kyo_01_a_card_is_due_back_within_five_working_days() -> None:
    (entry,) = entered().entries
    assert (entry.kind, entry.state, entry.due) == (
        EntryKind.NEW,
        EntryState.RECEIVED,
        date(2026, 12, 7),
    )


def test_kyo_01_what_went_back_late_says_so() -> None:
    on_time = register.give_back(entered(), 1, "S-77", date(2026, 12, 7))
    late = register.give_back(entered(), 1, "S-77", date(2026, 12, 8))
    assert [each.entries[0].late for each in (on_time, late)] == [False, True]
    assert register.overdue(entered(), date(2026, 12, 7)) == ()
    assert len(register.overdue(entered(), date(2026, 12, 8))) == 1
    assert register.overdue(on_time, date(2027, 1, 1)) == ()


def test_kyo_02_a_card_without_enough_helpers_waits_for_the_ward_office() -> None:
    ledger = entered(FAR)
    (entry,) = ledger.entries
    assert entry.state is EntryState.CONSULTING
    assert entry.consultation is not None
    assert entry.consultation.problems == (HelperProblem.TOO_FEW, HelperProblem.NOBODY_NEAR)
    with pytest.raises(NotEntered, match="KYO-02"):
        register.give_back(ledger, 1, "S-77", MONDAY)
    refused = register.consulted(ledger, 1, NOW, "探しています", accepted=False)
    assert refused.entries[0].state is EntryState.CONSULTING
    accepted = register.consulted(ledger, 1, NOW, "民生委員が毎日訪ねる", accepted=True)
    assert register.give_back(accepted, 1, "S-77", MONDAY).household == "S-77"


def test_kyo_02_helpers_found_meanwhile_end_the_waiting() -> None:
    found = register.change(entered(FAR), user(NEAR, FAR), EntryKind.CHANGE, MONDAY, NOW)
    assert [each.state for each in found.entries] == [EntryState.RECEIVED, EntryState.RECEIVED]


def test_kyo_03_a_card_does_not_go_back_without_the_household_number() -> None:
    with pytest.raises(NotEntered, match="household number"):
        register.give_back(entered(), 1, " ", MONDAY)


def test_kyo_14_a_change_is_due_within_five_working_days_and_checks_no_helpers() -> None:
    changed = register.change(installed(), user(FAR), EntryKind.CHANGE, MONDAY, NOW)
    assert changed.entries[-1].state is EntryState.RECEIVED
    assert changed.entries[-1].due == date(2026, 12, 7)
    assert changed.household == "S-77"


def test_kyo_14_a_move_checks_the_helpers_again_and_needs_the_new_household() -> None:
    moved = register.change(installed(), user(FAR, street="北山通"), EntryKind.MOVE, MONDAY, NOW)
    assert moved.entries[-1].state is EntryState.CONSULTING
    assert moved.household is None, "the old number is that of the old address"
    agreed = register.consulted(moved, 2, NOW, "", accepted=True)
    assert register.give_back(agreed, 2, "S-90", MONDAY).household == "S-90"


def test_kyo_14_after_a_move_the_station_of_the_new_address_has_the_ledger() -> None:
    moved = register.change(installed(), user(), EntryKind.MOVE, MONDAY, NOW, station="ukyo")
    assert moved.station == "ukyo"
    stays = register.change(installed(), user(), EntryKind.CHANGE, MONDAY, NOW)
    assert stays.station == installed().station


def test_kyo_15_after_the_return_nothing_says_who_it_was() -> None:
    before = visited(installed(), date(2026, 12, 2))
    before = register.heard(before, HeardBy.CENTER, "電話番号が変わった", NOW)
    gone = register.unit_returned(before, date(2026, 12, 20), NOW)
    text = gone.model_dump_json()
    for secret in ("髙橋", "タカハシ", "烏丸", "S-77", "K-1001", "𠮷田", "電話番号"):
        assert secret in before.model_dump_json() or secret == "𠮷田"
        assert secret not in text
    assert gone.state is LedgerState.REMOVED
    assert not gone.evacuation_record
    assert gone.registration == 1001
    with pytest.raises(NotEntered, match="already"):
        register.unit_returned(gone, MONDAY, NOW)
    with pytest.raises(NotEntered, match="no unit"):
        register.change(gone, user(), EntryKind.CHANGE, MONDAY, NOW)


def test_kyo_19_the_ledger_comes_through_the_city_section() -> None:
    with pytest.raises(NotEntered, match="KYO-19"):
        register.ledger_at_station(entered(), MONDAY)
    there = register.ledger_at_section(entered(), MONDAY)
    with pytest.raises(NotEntered, match="since"):
        register.ledger_at_section(there, MONDAY)


def test_kyo_20_what_the_center_hears_goes_through_the_city_section() -> None:
    heard = register.heard(installed(), HeardBy.CENTER, "協力員が転居", NOW)
    with pytest.raises(NotEntered, match="city section"):
        register.passed_on(heard, 1, "station")
    told = register.passed_on(register.passed_on(heard, 1, "city-section"), 1, "station")
    assert told.heard[0].to_tell == ("bureau",)
    with pytest.raises(NotEntered, match="does not wait"):
        register.passed_on(told, 1, "station")


def test_kyo_20_what_a_station_hears_on_a_visit_is_told_to_user_and_ward_office() -> None:
    made = NewVisit(on=MONDAY, kind="survey", by="係員", changes_heard="協力員が転居")
    assert register.visit(installed(), made, NOW).heard[0].to_tell == ("user", "ward-office")


def test_kyo_21_every_user_counts_as_somebody_who_cannot_evacuate_alone() -> None:
    assert entered().evacuation_record


def test_kyo_22_guidance_is_due_on_the_day_of_the_installation_if_the_ledger_came_first() -> None:
    assert installed().guidance_due == date(2026, 12, 2)


def test_kyo_22_a_ledger_that_comes_later_leaves_five_working_days() -> None:
    late = register.install(register.ledger_at_section(entered(), MONDAY), "K-1", MONDAY)
    assert late.guidance_due is None
    assert register.ledger_at_station(late, date(2026, 12, 4)).guidance_due == date(2026, 12, 11)


def test_kyo_22_points_left_out_are_named_and_detectors_only_where_there_are_none() -> None:
    left_out = visited(installed(), date(2026, 12, 2), (GuidancePoint.HOW_TO_CALL,))
    assert GuidancePoint.DETECTORS_ADVISED in left_out.visits[0].missing
    assert GuidancePoint.HOW_TO_CALL not in left_out.visits[0].missing
    linked = installed()
    assert linked.user is not None
    with_detectors = linked.user.model_copy(update={"linked_detectors": True})
    linked = linked.model_copy(update={"user": with_detectors})
    advised = visited(linked, date(2026, 12, 2), ()).visits[0].missing
    assert GuidancePoint.DETECTORS_ADVISED not in advised


def test_kyo_22_guidance_given_is_due_no_more_and_an_early_visit_does_not_count() -> None:
    assert visited(installed(), date(2026, 12, 1)).guidance_due == date(2026, 12, 2)
    assert visited(installed(), date(2026, 12, 2)).guidance_due is None


def test_another_unit_takes_the_place_of_a_broken_one() -> None:
    before = installed()
    after = register.install(before, "K-2", date(2026, 12, 9))
    assert after == before.model_copy(update={"unit_id": "K-2"}), "the first guidance stays due"
    gone = register.unit_returned(after, date(2026, 12, 20), NOW)
    with pytest.raises(NotEntered, match="no unit any more"):
        register.install(gone, "K-3", MONDAY)


def test_kyo_15_nobody_is_to_be_told_any_more_of_changes_of_somebody_who_left() -> None:
    waits = register.heard(installed(), HeardBy.CENTER, "電話が替わった", NOW)
    gone = register.unit_returned(waits, date(2026, 12, 20), NOW)
    assert [(each.what, each.to_tell) for each in gone.heard] == [("", ())]


def test_a_unit_is_put_up_anew_after_a_move() -> None:
    assert register.install(installed(), "K-1001", MONDAY) == installed()


@pytest.mark.parametrize("helpers", [(NEAR, FAR), (FAR,)])
def test_kyo_15_entries_that_are_open_end_with_the_return_of_the_unit(
    helpers: tuple[Helper, ...],
) -> None:
    new_home = user(*helpers, street="北山通")
    moved = register.change(installed(), new_home, EntryKind.MOVE, MONDAY, NOW)
    gone = register.unit_returned(moved, date(2026, 12, 20), NOW)
    assert [each.state for each in gone.entries] == [
        EntryState.RETURNED,
        EntryState.ENDED,
        EntryState.RECEIVED,
    ]
    assert register.overdue(gone, date(2027, 6, 1)) == (), "of a return nothing goes back"
    with pytest.raises(NotEntered, match="ended when the unit went back"):
        register.give_back(gone, 2, "S-90", MONDAY)
    with pytest.raises(NotEntered, match="was not asked"):
        register.consulted(gone, 2, NOW, "", accepted=True)


def test_kyo_15_no_household_number_comes_back_into_an_emptied_ledger() -> None:
    gone = register.unit_returned(installed(), date(2026, 12, 20), NOW)
    back = register.give_back(gone, 2, "S-77", date(2026, 12, 21), "取り外しを確認")
    assert "S-77" not in back.model_dump_json()
    assert (back.entries[1].state, back.entries[1].survey) == (
        EntryState.RETURNED,
        "取り外しを確認",
    )


def test_kyo_22_guidance_stays_due_until_every_point_was_spoken_of() -> None:
    day = date(2026, 12, 2)
    silent = visited(installed(), day, ())
    assert silent.guidance_due == day
    half = visited(silent, day, ALL[:3])
    assert half.guidance_due == day
    assert visited(half, date(2026, 12, 3), ALL[3:]).guidance_due is None


def test_kyo_14_another_address_is_no_change_but_a_move() -> None:
    with pytest.raises(NotEntered, match="'move'"):
        register.change(installed(), user(street="北山通"), EntryKind.CHANGE, MONDAY, NOW)
    written = user(street="烏丸通 1 番地")
    same = register.change(installed(), written, EntryKind.CHANGE, MONDAY, NOW)
    assert same.household == "S-77"
    in_flat = [
        each.model_copy(update={"address": each.address.model_copy(update={"flat": flat})})
        for each, flat in ((written, "１０１"), (written, "101"), (written, "102"))
    ]
    named = register.change(same, in_flat[0], EntryKind.CHANGE, MONDAY, NOW)
    register.change(named, in_flat[1], EntryKind.CHANGE, MONDAY, NOW)
    with pytest.raises(NotEntered, match="'move'"):
        register.change(named, in_flat[2], EntryKind.CHANGE, MONDAY, NOW)
