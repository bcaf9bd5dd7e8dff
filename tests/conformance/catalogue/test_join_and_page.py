"""Status is computed from the purposes; the reference page shows it."""

from collections.abc import Mapping, Sequence

import pytest
from net119_conformance.catalogue import (
    Catalogue,
    CatalogueError,
    Clause,
    Document,
    Lang,
    Level,
    Requirement,
    RequirementStatus,
    Role,
    Side,
    Source,
    State,
    Text,
    load_catalogue,
    render_markdown,
)

DOCUMENT = Document("guide", Text("Guide", "手引"))
SOURCE = Source("TOM", Text("A department", "ある消防本部"), (DOCUMENT,))
WAITING = Text("Needs a purpose.", "試験が必要。")
NEVER = Text("Nothing shows it.", "どこにも現れない。")


def requirement(
    rid: str,
    *,
    derived: Text | None = None,
    level: Level = Level.MUST,
    pending: Text | None = None,
    excluded: Text | None = None,
) -> Requirement:
    return Requirement(
        id=rid,
        source=SOURCE,
        clauses=(Clause(DOCUMENT, "第1条"),),
        text=Text(f"{rid} a|b <script>.", f"{rid}は動く。"),
        derived=derived,
        sides=(Side.HANDSET, Side.PROVIDER),
        level=level,
        role=Role.HOME,
        pending=pending,
        excluded=excluded,
    )


CATALOGUE = Catalogue(
    "2026.1",
    (SOURCE,),
    {
        r.id: r
        for r in (
            requirement("TOM-01"),
            requirement("TOM-02", pending=WAITING),
            requirement("TOM-03", excluded=NEVER),
            requirement("TOM-04", derived=Text("So it is.", "そうなる。"), pending=WAITING),
            requirement("TOM-05", level=Level.DERIVED, pending=WAITING),
        )
    },
)


def states(statuses: list[RequirementStatus]) -> dict[str, State]:
    return {status.requirement.id: status.state for status in statuses}


def test_purpose_covers_and_reasons_hold_for_the_rest() -> None:
    statuses = CATALOGUE.join({"B-2": ["TOM-01"], "A-1": ["TOM-01"], "S-1": []})
    assert states(statuses) == {
        "TOM-01": State.COVERED,
        "TOM-02": State.PENDING,
        "TOM-03": State.EXCLUDED,
        "TOM-04": State.PENDING,
        "TOM-05": State.PENDING,
    }
    assert statuses[0].purposes == ("A-1", "B-2")
    assert statuses[0].reason is None
    assert statuses[1].reason == WAITING
    assert statuses[2].reason == NEVER


def test_covered_in_part_keeps_the_note_on_what_remains() -> None:
    status = CATALOGUE.join({"A-1": ["TOM-01", "TOM-02"]})[1]
    assert (status.state, status.purposes, status.reason) == (State.COVERED, ("A-1",), WAITING)


def test_derived_parts_are_kept_apart() -> None:
    statuses = CATALOGUE.join({"A-1": ["TOM-01"]}, derived={"A-1": ["TOM-04"], "A-2": ["TOM-05"]})
    assert statuses[3].state is State.COVERED
    assert (statuses[3].purposes, statuses[3].derived_purposes) == ((), ("A-1",))
    assert statuses[4].derived_purposes == ("A-2",)


@pytest.mark.parametrize(
    ("purposes", "derived", "expected"),
    [
        ({}, {}, ["TOM-01: no purpose names it; "]),
        ({"A": ["TOM-01", "TOM-99"]}, {}, ["purpose A: unknown requirement 'TOM-99'"]),
        ({"A": ["TOM-01"]}, {"A": ["X"]}, ["purpose A: unknown requirement 'X'"]),
        ({"A": ["TOM-01", "TOM-01"]}, {}, ["purpose A: names TOM-01 twice"]),
        ({"A": ["TOM-01"], "B": ["TOM-03"]}, {}, ["TOM-03: excluded, but B judges it; "]),
        (
            {"A": ["TOM-01"]},
            {"B": ["TOM-01"]},
            ["TOM-01: has no derived part, but B judges it"],
        ),
        (
            {"A": "TOM-01", "B": ["Q", "TOM-03"]},
            {},
            [
                "purpose A: needs a list of requirement IDs, got 'TOM-01'",
                "purpose B: unknown requirement 'Q'",
                "TOM-01: no purpose names it; ",
                "TOM-03: excluded, but B judges it; ",
            ],
        ),
    ],
)
def test_wrong_joins_are_refused_with_every_problem(
    purposes: Mapping[str, Sequence[str]],
    derived: Mapping[str, Sequence[str]],
    expected: list[str],
) -> None:
    with pytest.raises(CatalogueError) as caught:
        CATALOGUE.join(purposes, derived=derived)
    assert len(caught.value.problems) == len(expected)
    for problem, start in zip(caught.value.problems, expected, strict=True):
        assert problem.startswith(start)


def test_page_in_english() -> None:
    page = render_markdown("en", CATALOGUE.join({"A-1": ["TOM-01"]}, derived={"A-2": ["TOM-04"]}))
    rows = {line.split("</a>")[1][:6]: line for line in page.splitlines() if "<a id=" in line}
    assert list(rows) == ["TOM-01", "TOM-02", "TOM-03", "TOM-04", "TOM-05"]
    assert rows["TOM-01"] == (
        '| <a id="tom-01"></a>TOM-01 | TOM-01 a\\|b \\<script>. | must | home provider | A B '
        "| 『手引』第1条 | `A-1` |"
    )
    assert rows["TOM-02"].endswith("| *pending:* Needs a purpose. |")
    assert rows["TOM-03"].endswith("| *excluded:* Nothing shows it. |")
    assert "<br>*derived:* So it is. |" in rows["TOM-04"]
    assert rows["TOM-04"].endswith("| `A-2` (derived)<br>*Still open:* Needs a purpose. |")
    assert "| TOM A department | 2 | 2 | 1 | 5 |" in page
    assert "- Guide (『手引』)" in page
    assert "Catalogue version: 2026.1" in page


def test_page_in_japanese() -> None:
    page = render_markdown("ja", CATALOGUE.join({"A-1": ["TOM-01"]}))
    assert page.startswith("# 要求事項一覧\n")
    assert "| TOM-01は動く。 | 必須 | 登録地側 | A B | 『手引』第1条 | `A-1` |" in page
    assert "*対象外:* どこにも現れない。" in page
    assert "| 計 | 1 | 3 | 1 | 5 |" in page


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_page_of_the_real_catalogue_has_a_whole_row_for_each_requirement(lang: Lang) -> None:
    catalogue = load_catalogue()
    named = [r.id for r in catalogue.requirements.values() if not (r.pending or r.excluded)]
    page = render_markdown(lang, catalogue.join({"P-1": named}))
    rows = [line for line in page.splitlines() if line.startswith("| <a id=")]
    assert len(rows) == 156
    assert {row.replace("\\|", "").count("|") for row in rows} == {8}
    assert page.endswith("\n")
