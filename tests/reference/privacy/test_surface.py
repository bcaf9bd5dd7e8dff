"""Privacy over the whole HTTP surface: everybody asks every route, and sees what is theirs."""

import re
from pathlib import Path

import pytest
from net119_reference.logs import configure_logs
from net119_reference.registration import roles, visibility

from tests.reference.privacy.asking import client_of, everything
from tests.reference.privacy.people import seen_in
from tests.reference.privacy.surface import SURFACE
from tests.reference.privacy.walking import Walk, names_of
from tests.reference.privacy.world import World, world
from tests.reference.registration.support import URL, run

ELSEWHERE = "https://evil.example"


@pytest.mark.timeout(900)  # hundreds of requests; more than the usual limit on a busy machine
def test_each_route_of_the_application_is_walked_and_nobody_sees_what_is_not_theirs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """I6, ASO-04, CNB-40: before a call, for each route, each actor and each person."""
    configure_logs("debug")

    async def story() -> None:
        async with world(tmp_path) as here:
            routes = names_of(here.app.routes)
            without = sorted(routes - SURFACE.keys())
            assert not without, (
                f"say in surface.py how these routes are asked and who may see whom: {without}"
            )
            assert not SURFACE.keys() - routes, "routes that no longer exist are in surface.py"
            before = here.versions()
            walk = await Walk(here).run()
            assert walk.wrong == [], "\n".join(walk.wrong)
            assert here.versions() == before, "somebody changed a record who only looked"
            written = capsys.readouterr().err
            assert written.count('"event": "request"') > walk.asked / 2, "nothing was logged"
            # The seconds of a time once read as somebody's latitude (43.000131).
        untimed = re.sub(r"T[0-9]{2}:[0-9]{2}:[0-9.]+", "T", written)
        assert seen_in(everything(untimed), here.people) == set()

    run(story)


def test_the_walk_finds_what_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each defect is found by the judge of its own kind."""

    async def story() -> None:
        async with world(tmp_path) as here:

            async def found(actor: str) -> str:
                walk = await Walk(here).run([here.actor(actor)], lambda name: name == route)
                return "\n".join(walk.wrong)

            route = "GET /staff/registrants/{registrant_id}"
            assert await found("chitose reviewer") == ""
            with monkeypatch.context() as broken:
                broken.setattr(visibility, "optional_is_sealed", lambda *_, **__: False)
                assert "shows [('C-plain', 'allergy')" in await found("chitose reviewer")
            with monkeypatch.context() as broken:
                registry = here.desk.office.registry
                broken.setattr(registry, "of_department", lambda _, key: registry.registrant(key))
                assert "shows [('C-plain', " in await found("tomakomai reviewer")
            with monkeypatch.context() as broken:
                broken.setattr(here.desk.office, "audit", lambda *_: None)
                assert "no entry of the audit log says that C-plain" in await found(
                    "chitose reviewer"
                )
            with monkeypatch.context() as broken:
                broken.setattr(roles, "may", lambda *_: False)
                assert "does not show [('C-plain', " in await found("chitose reviewer")

    run(story)


def test_what_a_change_says_of_sealed_data_is_only_that_there_are_some(tmp_path: Path) -> None:
    """ASO-04: that somebody entered a medicine tells of the illness."""

    async def story() -> None:
        async with world(tmp_path) as here:
            sealed, open_ = await _change_of(here, "C"), await _change_of(here, "T")
            assert {"data.name", "data.optional"} <= sealed
            assert not [each for each in sealed if each.startswith("data.optional.")]
            assert not {"data.address.flat", "data.address.auto_lock"} & sealed
            assert {"data.name", "data.optional.medical.medication", "data.address.flat"} <= open_

    run(story)


async def _change_of(here: World, letter: str) -> set[str]:
    """The items that the history of the change names to the department's program."""
    person = here.people[f"{letter}-changing"]
    async with client_of(here.app) as client:
        answer = await client.get(
            f"/api/staff/v1/registrations/{person.registrant_id}",
            params={"purpose": "review"},
            headers=here.actor(f"{person.department} program").headers,
        )
    (entry,) = [each for each in answer.json()["history"] if each["what"] == "change-applied"]
    return set(entry["detail"].split(", "))


def test_what_a_request_says_the_host_is_gets_nowhere(tmp_path: Path) -> None:
    """Neither into pages and redirects nor into mails, whose URLs are the configured ones."""

    async def story() -> None:
        async with world(tmp_path) as here:
            actors = [here.actor(each) for each in ("chitose reviewer", "C-paper", "nobody")]
            walk = await Walk(here, host=ELSEWHERE).run(
                actors, lambda name: "/api/" not in name or name.endswith("account-mail")
            )
            assert walk.wrong == [], "\n".join(walk.wrong)
            letter = await here.town.letter("登録の変更", here.people["C-paper"].data.mail)
            urls = [each for each in letter.urls if "/r/" in each]
            assert urls
            assert all(each.startswith(f"{URL}/") for each in letter.urls), letter.urls

    run(story)
