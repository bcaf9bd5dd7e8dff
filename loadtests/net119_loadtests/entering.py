"""Enters the people of a run through the provider's API: accounts, registrants, log-ins."""

import asyncio
from collections.abc import Callable, Sequence

from net119_protocol.api.admin import Account, AccountRole, NewAccount
from net119_protocol.api.handset import LogIn, Session
from net119_protocol.api.staff import Credentials, NewRegistrant, RegistrantView
from net119_protocol.person import RegistrantData
from net119_simulators.api_client import ApiClient
from net119_simulators.wiretap import Interface

from net119_loadtests.plan import CallerSeat, ConsoleSeat
from net119_loadtests.provider import Provider
from net119_loadtests.world import Place

AT_ONCE = 8
"""Requests under way at the same time: password hashing keeps the provider's core busy with few."""

Told = Callable[[int, int], None]
"""Takes how many are entered, of how many."""


async def enter(
    provider: Provider, people: Sequence[tuple[Place, RegistrantData]], told: Told
) -> tuple[tuple[CallerSeat, ...], tuple[ConsoleSeat, ...]]:
    """Make a dispatcher for each center, and register, approve and log in everybody.

    Raises what `ApiClient.ask` raises; the first refusal ends it.
    """
    admin = provider.client(Interface.ADMIN, provider.admin_token)
    centers = sorted({place.center for place, _ in people})
    consoles = tuple(
        [
            ConsoleSeat(
                number=number,
                center=center,
                token=(await _account(admin, AccountRole.DISPATCHER, center)).token,
            )
            for number, center in enumerate(centers)
        ]
    )
    staff = {
        department: provider.client(
            Interface.C, (await _account(admin, AccountRole.STAFF, department)).token
        )
        for department in sorted({place.department for place, _ in people})
    }
    handsets = provider.client(Interface.A)
    slots = asyncio.Semaphore(AT_ONCE)
    done = 0
    told(0, len(people))

    async def one(number: int, place: Place, person: RegistrantData) -> CallerSeat:
        nonlocal done
        async with slots:
            keys = await _register(staff[place.department], person)
            entered = LogIn(login_id=keys.login_id, password=keys.password)
            session = await handsets.ask("log_in", Session, body=entered)
        done += 1
        told(done, len(people))
        return CallerSeat(
            number=number,
            token=session.token,
            mail=person.mail,
            center=place.center,
            lat=person.address.lat,
            lon=person.address.lon,
        )

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(one(number, place, person))
                for number, (place, person) in enumerate(people)
            ]
    except* Exception as several:
        # All fail for the same reason, as a rule: the first one tells it.
        raise _first(several) from several
    return tuple(task.result() for task in tasks), consoles


async def _account(admin: ApiClient, role: AccountRole, unit: str) -> Account:
    body = NewAccount(role=role, unit=unit, name="負荷試験")
    return await admin.ask("add_account", Account, body=body)


async def _register(staff: ApiClient, person: RegistrantData) -> Credentials:
    view = await staff.ask("enter_registrant", RegistrantView, body=NewRegistrant(data=person))
    path = {"registrant_id": view.registrant_id}
    return await staff.ask("approve_registrant", Credentials, path=path)


def _first(several: BaseExceptionGroup[Exception]) -> Exception:
    first: Exception | BaseExceptionGroup[Exception] = several
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
