"""What a database that fails means to whoever waits for it."""


class StorageFailed(Exception):
    """The transaction could not be committed (a full disk, for instance); nothing was done."""

    detail = "the database could not store it, so nothing was done; try again"
    """For whoever asked for it, in a refusal."""

    def __init__(self, what: str = "", what_to_do: str | None = None) -> None:
        super().__init__(what)
        self.what_to_do = what_to_do
        """For whoever runs the provider, where there is something special to do."""


class OutcomeUnknown(StorageFailed):
    """The database was lost in mid-commit: whether anything was done shows when it is back.

    Whoever repeats a line with its ``clientId`` gets its number in either case.
    """

    detail = (
        "the database was lost, so it is not known whether it was stored; send it again as it is"
    )
