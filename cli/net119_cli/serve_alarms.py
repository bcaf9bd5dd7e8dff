"""`net119 serve --alarms`: the home alarm service, with a household worked at the terminal."""

import asyncio
import contextlib
import secrets
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from net119_cli.language import text

if TYPE_CHECKING:
    from net119_protocol.alarms.people import AlarmUser
    from net119_simulators.alarms import AlarmUnit
    from net119_simulators.network import LocalNetwork

ALARM_PROVIDER = "aoba"
"""The demonstration provider that has the service."""
_REGISTRATION = 1001
_STATION = "nakagyo"
_WARD, _OFFICE = "26104", "nakagyo"


@dataclass(frozen=True)
class Household:
    """A user with a unit, and the log-ins of those who serve them."""

    user: "AlarmUser"
    unit: "AlarmUnit"
    """To be entered."""
    center: str
    desk_password: str
    desk_token: str
    staff: tuple[tuple[str, str], ...]
    """Departments with the passwords of their staff: the city section, and the station."""


def alarm_settings(provider: str, *, alarms: bool) -> dict[str, dict[str, object]]:
    """Settings of a demonstration provider: Kyoto's service, at the one that has it."""
    from net119_protocol.alarms.sample import kyoto

    return {"alarms": kyoto()} if alarms and provider == ALARM_PROVIDER else {}


async def household(network: "LocalNetwork", name: str) -> Household:
    """Register a made-up user, put up the unit, and make log-ins of this ``name``.

    Raises:
        CallRefused, Unreachable: the provider would not have it.
    """
    from net119_protocol.alarms.sample import CENTER, SECTION
    from net119_protocol.directory.model import JAPAN
    from net119_simulators.alarms import AlarmCenter, Neighbour, Neighbourhood, make_user

    operation = network.operation(ALARM_PROVIDER)
    helpers = Neighbourhood(
        [
            Neighbour("髙島　一郎", "0000-75-0001", 3),
            Neighbour("山本　節子", "0000-75-0002", 5, has_key=True),
        ]
    )
    user = make_user(1, _WARD, _OFFICE, helpers.registered())
    today = datetime.now(UTC).astimezone(JAPAN).date()
    unit = await AlarmCenter(network, ALARM_PROVIDER).put_up(_REGISTRATION, user, today)
    desk_password = secrets.token_urlsafe(9)
    dispatcher = await operation.add_dispatcher(CENTER, name, desk_password)
    staff = tuple((each, secrets.token_urlsafe(9)) for each in (SECTION, _STATION))
    for department, password in staff:
        await operation.add_staff(department, name, password)
    return Household(user, unit, CENTER, desk_password, dispatcher.token, staff)


def show_household(home: Household, url: str, name: str) -> None:
    """Who it is, the log-ins, and how the unit is pressed."""
    user, unit = home.user, home.unit
    helpers = "、".join(f"{each.name} {each.phone}" for each in user.helpers)
    place = f"{user.address.municipality}{user.address.street}"
    print(
        text(
            ja=f"\n緊急通報システム（あんしんネット119、事業者 {ALARM_PROVIDER}）"
            f"\n  利用者  {user.name}さん  登録番号 {_REGISTRATION}  {place}"
            f"\n  発信設備 {unit.unit_id}  協力員 {helpers}"
            f"\n  緊急通報の窓口  {url}/console  指令センター {home.center}  名前 {name}  "
            f"パスワード {home.desk_password}"
            f"\n    指令員のトークン  {home.desk_token}",
            en=f"\nHome alarm service (provider {ALARM_PROVIDER})"
            f"\n  user  {user.name}  registration {_REGISTRATION}  {place}"
            f"\n  unit {unit.unit_id}  helpers {helpers}"
            f"\n  alarm desk  {url}/console  center {home.center}  name {name}  "
            f"password {home.desk_password}"
            f"\n    dispatcher's token  {home.desk_token}",
        )
    )
    for department, password in home.staff:
        print(
            text(
                ja=f"  台帳の職員 ({department})  {url}/staff  名前 {name}  パスワード {password}",
                en=f"  staff ({department})  {url}/staff  name {name}  password {password}",
            )
        )
    print(_how(), flush=True)


def _how() -> str:
    return text(
        ja="  発信設備を動かす（この端末に打って Enter）:"
        "\n    p 緊急ボタンを押す   t 試験通報   c 相談ボタン   b 電池低下"
        "\n    ほかの文は、発信設備に向かって話す言葉になります",
        en="  Work the unit by typing here, and Enter:"
        "\n    p the alarm button   t a test alarm   c the consultation button   b battery low"
        "\n    anything else is said to the unit",
    )


async def at_the_unit(home: Household) -> None:
    """Press and speak as the lines of standard input say, and print what the unit says.

    Until cancelled, or to the end of the input.
    """
    async with home.unit as unit:
        listening = asyncio.create_task(_listen(unit))
        try:
            async for line in _lines():
                await _do(unit, line)
            await asyncio.Event().wait()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _do(unit: "AlarmUnit", line: str) -> None:
    from net119_simulators.errors import SimulatorError

    deeds = {"p": unit.press, "t": unit.test, "c": unit.consult, "b": unit.low_battery}
    try:
        if line in deeds:
            taken = await deeds[line]()
            number = "" if taken is None or taken.incident is None else taken.incident
            print(text(ja=f"発信設備: 届きました {number}", en=f"unit: taken {number}"), flush=True)
        else:
            await unit.say(line)
    except SimulatorError as wrong:
        print(text(ja=f"発信設備: できません: {wrong}", en=f"unit: {wrong}"), flush=True)


async def _listen(unit: "AlarmUnit") -> None:
    told = 0
    while True:
        for words in unit.heard[told:]:
            by = words.by or text(ja="自動", en="machine")
            print(text(ja=f"発信設備から（{by}）「{words.text}」", en=f"unit ({by}): {words.text}"))
        sys.stdout.flush()
        told = len(unit.heard)
        await unit.hears_more(told)


async def _lines() -> AsyncIterator[str]:
    """The lines of standard input; none where it is no terminal and no pipe."""
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    with contextlib.suppress(OSError, ValueError):
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            if told := line.decode(errors="replace").strip():
                yield told
