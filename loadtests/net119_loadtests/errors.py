"""What the load test raises: shown to the user as it is, without a traceback."""

INTERRUPTED = 130
"""Exit status of a run, or of a worker, that was ended by its user."""


class LoadError(Exception):
    """The run cannot be set up or carried out: what was wrong, where, what to do about it."""

    def __init__(self, what: str, where: str, what_to_do: str) -> None:
        super().__init__(f"{where}: {what}. {what_to_do}")
        self.what = what
        self.where = where
        self.what_to_do = what_to_do


class Interrupted(Exception):
    """The user has asked to end the run (Ctrl-C, SIGTERM)."""
