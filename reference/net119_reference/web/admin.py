"""Control of a test bed: only where the configuration switches it on, only from loopback."""

from uuid import UUID

from fastapi import APIRouter, Request
from net119_protocol.api import admin, replays
from net119_protocol.codes import Refusal

from net119_reference.ports import Refused
from net119_reference.web.access import check_admin
from net119_reference.web.guard import source_of
from net119_reference.web.routes import After, Context, add_operation


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the routes of the admin API."""
    service = context.service

    async def only_admin(request: Request) -> None:
        check_admin(context.config, source_of(request.scope), request.headers)

    async def load_directory(body: admin.LoadDirectory) -> admin.Health:
        return await service.load_directory(body.directory)

    async def load_operators(body: admin.Operators) -> admin.Health:
        for index, peer in enumerate(body.peers):
            # The safety interlock holds for peers named later, too.
            if not context.config.permits_host(str(peer.address)):
                raise Refused(
                    Refusal.INVALID,
                    f"{peer.address} is neither a loopback address nor declared a test system "
                    "in the configuration ([test_systems])",
                    field=f"peers.{index}.address",
                )
        return await service.load_operators(body)

    async def add_account(body: admin.NewAccount) -> admin.Account:
        return await service.add_account(body)

    async def set_state(body: admin.SetState) -> admin.Health:
        return await service.set_state(body)

    async def accepted_modes() -> admin.AcceptedModes:
        return admin.AcceptedModes(modes=tuple(sorted(context.config.modes.accepted)))

    async def set_clock(body: admin.SetClock) -> admin.ClockState:
        return await service.set_clock(body)

    async def sweep(body: admin.SweepOrder) -> admin.Sweep:
        return await service.sweep(body)

    async def refused_inputs(after: After = 0) -> admin.RefusedInputs:
        return await service.refused_inputs(after)

    async def discrepancies(after: After = 0) -> admin.ReportedDiscrepancies:
        return await service.acts.discrepancies(after)

    async def keep_replay(replay_id: UUID, body: replays.NewReplay) -> replays.ReplayKept:
        return context.replays.keep(replay_id, body)

    for handler in (
        keep_replay,
        load_directory,
        load_operators,
        add_account,
        set_state,
        accepted_modes,
        set_clock,
        sweep,
        refused_inputs,
        discrepancies,
    ):
        add_operation(routes, handler.__name__, handler, only_for=only_admin)
