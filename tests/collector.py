"""Python's collector of garbage leaves alone what a test process has loaded before its first test.

Half a million objects stay until its end. Going through them stopped a process for up to a second,
and with it the simulated peers and consoles of the test that ran.
"""

import gc


def pytest_collection_finish() -> None:
    """Spare what is there."""
    gc.collect()
    gc.freeze()
