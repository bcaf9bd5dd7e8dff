"""A wait that was given up while what operates the SUT still owed an answer.

A vendor's hook that does not answer, and a system that does nothing, look alike to whoever waits
for less time than the hook has. Only what the hook was not asked for is the system's silence.
"""

import asyncio

from net119_conformance.errors import DriverFailed


def given_up(failed: DriverFailed) -> asyncio.CancelledError:
    """What to raise in the place of the cancellation of a request that was not answered yet."""
    return asyncio.CancelledError(failed)


def owed_by(late: TimeoutError) -> DriverFailed | None:
    """What was owed when this time limit passed; None if it was the system's own silence."""
    cause = late.__cause__
    if not isinstance(cause, asyncio.CancelledError):
        return None
    return next((each for each in cause.args if isinstance(each, DriverFailed)), None)
