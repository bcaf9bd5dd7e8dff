"""What a person does as a department's staff, and what becomes of what was seen there."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from net119_conformance.record import ItemRecord
from net119_conformance.verdict import Verdict
from net119_conformance.world.addresses import AddressBlock

from tests.conformance.foreign.bench import PROGRAM, started
from tests.conformance.manual.person import ACTS, Answers, Otherwise, Person
from tests.conformance.manual.test_by_hand import (
    RECORDS,
    Vendor,
    honest,
    judged,
    load_world,
    told_of,
)


class Office(Person):
    """A tester at a system that keeps records as it must: all of it is in this object."""

    def __init__(self, page: str, hook: str, otherwise: Otherwise) -> None:
        super().__init__(page, hook, otherwise)
        self.cancelled: dict[str, str] = {}
        self.read: list[str] = []

    def knows(self, login: str, department: str, person: Any) -> None:
        """Nothing has to be registered: nobody but this tester is the system."""

    def find(self, facts: Answers, _: list[str]) -> Answers:
        return {"q-state": "cancelled" if self._who(facts) in self.cancelled else "approved"}

    def reads(self, facts: Answers, _: list[str]) -> Answers:
        self.read.append(self._who(facts))
        return {}

    def audit(self, facts: Answers, _: list[str]) -> Answers:
        count = self.read.count(self._who(facts))
        found = {0: "none", 1: "one"}.get(count, "more")
        return {"q-entries": found, "q-reader": "yes" if count == 1 else ""}

    def cancel(self, facts: Answers, _: list[str]) -> Answers:
        reason = facts.get("書く理由")
        if reason is None:
            return {"q-result": "invalid"}
        self.cancelled[self._who(facts)] = reason
        return {"q-result": "done", "q-state": "cancelled", "q-reason": reason}

    def logs_in(self, facts: Answers, _: list[str]) -> Answers:
        gone = self._who(facts) in self.cancelled
        return {"q-result": "not-authenticated" if gone else "done"}

    def calls(self, facts: Answers, _: list[str]) -> Answers:
        values = {"q-reason": "registrant-refused", "q-shown": "登録がありません", "q-means": "yes"}
        return {"q-result": "refused", **values}

    @staticmethod
    def _who(facts: Answers) -> str:
        return facts["ログインの ID"]


AT_THE_OFFICE = {
    "職員の画面で登録を探す": Office.find,
    "職員の画面で登録情報を見る": Office.reads,
    "職員の画面で登録を取り消す": Office.cancel,
    "閲覧の記録を見る": Office.audit,
    "通報者の端末でログインする": Office.logs_in,
    "通報する": Office.calls,
}


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    for title, act in AT_THE_OFFICE.items():
        monkeypatch.setitem(ACTS, title, act)
    block = AddressBlock()
    try:
        yield Vendor(
            tmp_path,
            block,
            *sorted(RECORDS),
            roles=', "registration"',
            profiles='"aso", "chita-nanbu"',
        )
    finally:
        block.release()


def failed_checks(one: ItemRecord) -> set[str]:
    return {each.name for each in one.checks if not each.passed}


def test_what_staff_see_as_it_must_be_needs_review(vendor: Vendor) -> None:
    records, person = judged(vendor, sorted(RECORDS), honest, tester=Office)
    told = told_of(records)
    assert {name: one.verdict for name, one in records.items()} == dict.fromkeys(
        RECORDS, Verdict.NEEDS_REVIEW
    ), told
    assert not set.union(*map(failed_checks, records.values())), told
    titles = [title for purpose, title in person.titles if purpose == "RECORD-CANCELLED"]
    assert titles == [
        # Before anything is cancelled, as the purpose wants it.
        "通報者の端末でログインする",
        "職員の画面で登録を探す",
        "職員の画面で登録を取り消す",
        "職員の画面で登録を取り消す",
        "通報する",
        "通報者の端末でログインする",
    ]


def cancels_without_a_reason(person: Person, title: str) -> Answers | None:
    if title != "職員の画面で登録を取り消す":
        return None
    values = {"q-result": "done", "q-state": "cancelled", "q-reason": "なし"}
    return {"outcome": "done", **values}


def still_logs_in(person: Person, title: str) -> Answers | None:
    if title != "通報者の端末でログインする":
        return None
    return {"outcome": "done", "q-result": "done"}


def names_no_reader(person: Person, title: str) -> Answers | None:
    if title != "閲覧の記録を見る" or len(person.titles) > 2:
        return None
    return {"outcome": "done", "q-entries": "one", "q-reader": "no"}


def has_an_entry_for_somebody_else(person: Person, title: str) -> Answers | None:
    if title != "閲覧の記録を見る" or len(person.titles) < 3:
        return None
    return {"outcome": "done", "q-entries": "one", "q-reader": "yes"}


@pytest.mark.parametrize(
    ("name", "otherwise", "check"),
    [
        (
            "RECORD-CANCELLED",
            cancels_without_a_reason,
            "a cancellation without a reason is refused",
        ),
        ("RECORD-CANCELLED", still_logs_in, "the log-in no longer works"),
        ("RECORD-ACCESS-LOGGED", names_no_reader, "the entry names the reader"),
        (
            "RECORD-ACCESS-LOGGED",
            has_an_entry_for_somebody_else,
            "nothing says that the other registration was read",
        ),
    ],
)
def test_what_staff_see_otherwise_fails(
    vendor: Vendor, name: str, otherwise: Otherwise, check: str
) -> None:
    records, _ = judged(vendor, [name], otherwise, tester=Office)
    one = records[name]
    assert one.verdict is Verdict.FAIL, told_of(records)
    assert check in failed_checks(one), told_of(records)


def test_no_log_in_at_the_beginning_judges_nothing(vendor: Vendor) -> None:
    """Somebody who cannot log in at all says nothing about a cancellation."""

    def is_refused(person: Person, title: str) -> Answers | None:
        if title != "通報者の端末でログインする":
            return None
        return {"outcome": "done", "q-result": "invalid"}

    records, _ = judged(vendor, ["RECORD-CANCELLED"], is_refused, tester=Office)
    assert records["RECORD-CANCELLED"].verdict is Verdict.INCONCLUSIVE, told_of(records)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Vendor]:
    block = AddressBlock()
    try:
        made = Vendor(tmp_path, block, "ADMIT-SUSPENDED")
        with started([sys.executable, "-m", PROGRAM, *made.options], tmp_path / "log"):
            load_world(made)
            yield made
    finally:
        block.release()


@pytest.mark.parametrize("forgets", [False, True])
def test_a_suspension_that_was_only_said_is_found_out(running: Vendor, forgets: bool) -> None:
    def says_so(person: Person, title: str) -> Answers | None:
        return {"outcome": "done"} if forgets and title == "登録者の通報を止める" else None

    records, person = judged(running, ["ADMIT-SUSPENDED"], says_so)
    one = records["ADMIT-SUSPENDED"]
    assert one.verdict is (Verdict.FAIL if forgets else Verdict.NEEDS_REVIEW), told_of(records)
    refused = "the suspended registrant's call is refused"
    assert (refused in failed_checks(one)) is forgets, told_of(records)
    titles = [title for _, title in person.titles]
    # Both are logged in before one of them is suspended.
    assert titles[1:4] == ["通報者の端末でログインする"] * 2 + ["登録者の通報を止める"]
