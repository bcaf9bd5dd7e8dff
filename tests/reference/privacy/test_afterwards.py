"""What a call sends is seen where it is answered, and what is destroyed is nowhere any more."""

from dataclasses import replace
from pathlib import Path

import httpx
from net119_protocol.api.admin import SweepOrder
from net119_protocol.api.handset import CallAddress
from net119_reference.registration.ports import PaperDetails

from tests.reference.privacy.asking import HOST, client_of
from tests.reference.privacy.people import Marked, marked, seen_in
from tests.reference.privacy.walking import Walk
from tests.reference.privacy.world import (
    CLOSED_ONE,
    DEPARTMENTS,
    PASSWORD,
    RECEIVED,
    World,
    account_link,
    return_to,
    world,
)
from tests.reference.registration.support import run
from tests.reference.service.support import CHITOSE, new_call

LETTERS_KEPT_S = 8 * 24 * 3600
"""Longer than a letter that belongs to no record is kept."""


async def _call(here: World, client: httpx.AsyncClient, person: Marked) -> None:
    """The person calls from where they live."""
    body = new_call(CHITOSE).model_dump(mode="json", by_alias=True, exclude_none=True)
    answer = await client.post(
        "/api/handset/v1/calls", json=body, headers={"Authorization": f"Bearer {person.session}"}
    )
    assert answer.status_code == 201, answer.text
    here.calls[CallAddress.model_validate_json(answer.content).call.call_id] = person


def test_a_call_sends_sealed_data_to_the_center_that_answers_it_and_to_nobody_else(
    tmp_path: Path,
) -> None:
    """ASO-04, CNB-39, CNB-40: nothing optional while it rings, everything once it is taken."""

    async def story() -> None:
        async with world(tmp_path) as here, client_of(here.app) as client:
            await _call(here, client, here.people["C-plain"])
            desks = [here.actor(f"{town} dispatcher") for town in DEPARTMENTS]
            ringing = ("GET /api/console/v1/calls", "WS /api/console")
            walk = await Walk(here).run(desks, lambda name: name.startswith(ringing))
            assert walk.wrong == [], "\n".join(walk.wrong)
            (call_id,) = here.calls
            taken = await client.post(
                f"/api/console/v1/calls/{call_id}/answer",
                headers=here.actor(f"{CLOSED_ONE} dispatcher").headers,
            )
            assert taken.status_code == 200, taken.text
            here.answered = True
            entries = await here.audited(0)
            number = str(here.people["C-plain"].registrant_id)
            assert any(
                each.action == "disclosed" and each.registrant_id == number and each.purpose
                for each in entries
            )
            routes = ("/api/console/", "/calls", "GET /api/staff/v1/registrations", "GET /staff")
            names = ("dispatcher", "program", "reviewer")
            actors = [here.actor(f"{town} {each}") for town in DEPARTMENTS for each in names]
            actors += [here.actor(each) for each in ("C-plain", "C-paper", "T-plain", "nobody")]
            walk = await Walk(here).run(actors, lambda name: any(each in name for each in routes))
            assert walk.wrong == [], "\n".join(walk.wrong)

    run(story)


def test_what_a_person_enters_into_a_record_of_staffs_is_sealed_again(tmp_path: Path) -> None:
    """ASO-04: what staff keyed in is theirs to read, what the person changes later is not."""

    async def story() -> None:
        async with world(tmp_path) as here:
            changed, corrected = here.people["C-paper"], here.people["C-typed"]
            office = replace(here.town, department=CLOSED_ONE)
            await account_link(office, changed)
            by_paper = PaperDetails(True, RECEIVED, "2026-04")
            corrected.registrant_id = await here.desk.key_in(
                office.clerk, corrected.application, by_paper
            )
            await return_to(office, corrected)
            for number, (person, purpose) in enumerate(
                ((changed, "account"), (corrected, "correct"))
            ):
                new = marked(f"C-new{number}", CLOSED_ONE, 32 + number, author=person.key)
                # A correction is by the person who has the mail: their address stays.
                new.data = new.data.model_copy(update={"mail": person.data.mail})
                new.marks["mail"] = person.marks["mail"]
                here.people[new.key] = new
                await here.desk.keep_draft(person.tokens[purpose], new.application)
                await here.desk.attach_image(person.tokens[purpose], new.photo())
                await here.desk.submit(person.tokens.pop(purpose))
                # Whose data of theirs is sealed no longer shows who had entered it.
                person.keyed_in = False
            # The corrected application has taken the place of the one that staff keyed in.
            new = here.people["C-new1"]
            new.registrant_id, corrected.registrant_id = corrected.registrant_id, None
            new.author = ""
            actors = [here.actor(f"{CLOSED_ONE} {each}") for each in ("reviewer", "program")]
            walk = await Walk(here).run(
                actors, lambda name: name.startswith("GET") and "{registrant_id}" in name
            )
            assert walk.wrong == [], "\n".join(walk.wrong)

    run(story)


def test_after_deletion_on_request_nothing_of_the_person_is_left(tmp_path: Path) -> None:
    """ASO-06: neither at any page, nor in the files of the provider."""

    async def story() -> None:
        async with world(tmp_path) as here, client_of(here.app) as client:
            person, proposal = here.people["C-changing"], here.people["C-proposal"]
            number, clerk = person.registrant_id, here.actor("chitose reviewer")
            before = seen_in(_files(here), here.people)
            assert {("C-changing", "name"), ("C-proposal", "history")} <= before
            assert number is not None
            answer = await client.post(
                f"/staff/registrants/{number}/delete",
                data={
                    "csrf": clerk.csrf,
                    "version": str(here.versions()[number]),
                    "requested": "yes",
                    "action": "confirm",
                    "purpose": "update",
                },
                headers={**clerk.headers, "Origin": HOST},
            )
            assert answer.status_code == 303, answer.text
            person.gone = proposal.gone = True
            await here.town.settled()
            # What the provider does by itself, right after the deletion; once more does no harm.
            await here.provider.records.sweeper.write_list()
            left = {
                each for each in seen_in(_files(here), here.people) if here.people[each[0]].gone
            }
            # The letter that tells of it goes to the address, and is kept for some days.
            assert left == {("C-changing", "mail")}
            names = ("reviewer", "auditor", "program", "dispatcher")
            actors = [*(here.actor(f"chitose {each}") for each in names), here.actor("nobody")]
            walk = await Walk(here).run(actors, lambda name: not name.startswith("POST /staff/reg"))
            assert walk.wrong == [], "\n".join(walk.wrong)
            here.town.clock.advance(LETTERS_KEPT_S)
            await here.provider.sweep(SweepOrder(dry_run=False))
            left = seen_in(_files(here), here.people)
            assert {each for each in left if here.people[each[0]].gone} == set()
            assert ("C-plain", "history") in left, "this would find what is there"

    run(story)


def _files(here: World) -> str:
    """Everything in the files of the provider, deleted pages and the write-ahead log included."""
    files = [each for each in here.town.folder.rglob("*") if each.is_file()]
    assert any(each.name == "net119.db-wal" for each in files)
    raw = "\n".join(each.read_bytes().decode("utf-8", "replace") for each in files)
    assert PASSWORD not in raw
    return raw
