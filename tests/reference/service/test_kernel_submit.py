"""Commands whose results come by callback."""

import asyncio

from net119_reference.ports import OutcomeUnknown, StorageFailed
from net119_reference.service.kernel import Transaction

from tests.reference.service.test_kernel import STATEMENT, Bench


def test_a_submitted_command_is_told_once_even_if_its_outcome_was_unknown() -> None:
    async def run() -> None:
        bench = Bench()
        told: list[tuple[int | None, Exception | None]] = []
        bench.database.failures.append(OutcomeUnknown("away"))
        bench.kernel.start()

        def work(tx: Transaction) -> int:
            tx.write(STATEMENT, text="a")
            return 1

        bench.kernel.submit(work, lambda value, error: told.append((value, error)))
        await bench.database.asked.wait()
        bench.database.outcomes.put_nowait(True)
        await bench.kernel.stop()
        assert [(value, type(error)) for value, error in told] == [(None, OutcomeUnknown)]
        bench.kernel.submit(work, lambda value, error: told.append((value, error)))
        assert [type(error) for _, error in told] == [OutcomeUnknown, StorageFailed]

    asyncio.run(run())
