"""Who guesses log-ins does not learn from the time it takes which ones exist."""

import pytest
from argon2 import Parameters, extract_parameters
from net119_protocol.api.admin import AccountRole, NewAccount, StaffRole
from net119_protocol.codes import Refusal
from net119_reference.registration.ports import StaffLogInRefused
from net119_reference.service import passwords

from tests.reference.registration.support import run, town
from tests.reference.registration.test_life import log_in, refused


class Watched:
    """Verifies as before, and notes how costly each check was."""

    def __init__(self) -> None:
        self._verifies = passwords.CHOSEN
        self.costs: list[Parameters] = []

    def verify(self, stored: str, password: str) -> bool:
        self.costs.append(extract_parameters(stored))
        return self._verifies.verify(stored, password)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    found = Watched()
    monkeypatch.setattr(passwords, "CHOSEN", found)
    return found


def test_an_unknown_id_costs_what_a_known_one_costs(watched: Watched) -> None:
    """Registrants' IDs are ten characters: time must not sort them out for whoever scans them."""

    async def story() -> None:
        async with town() as here:
            row, login_id, _password = await here.approved()
            watched.costs.clear()
            await refused(Refusal.NOT_AUTHENTICATED, log_in(here, login_id, "wrong"))
            await refused(Refusal.NOT_AUTHENTICATED, log_in(here, "n000000000", "wrong"))
            version = await here.version(row.registrant_id)
            await here.desk.cancel(here.clerk, row.registrant_id, version, "転出のため")
            await refused(Refusal.NOT_AUTHENTICATED, log_in(here, login_id, "wrong"))
            known, unknown, ended = watched.costs
            assert known == unknown == ended

    run(story)


def test_an_unknown_name_of_staff_costs_what_a_known_one_costs(watched: Watched) -> None:
    async def story() -> None:
        async with town() as here:
            account = NewAccount(
                role=AccountRole.STAFF,
                unit="tomakomai",
                name="佐藤",
                password="a-long-enough-password",
                roles=(StaffRole.REVIEWER,),
            )
            await here.provider.add_account(account)
            for name in ("佐藤", "鈴木"):
                with pytest.raises(StaffLogInRefused):
                    await here.desk.staff_log_in("tomakomai", name, "wrong", "127.0.0.1")
            known, unknown = watched.costs
            assert known == unknown

    run(story)
