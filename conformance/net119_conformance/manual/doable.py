"""Test purposes that a person can carry out.

Each was looked through for what a person cannot do: act within a second or two, act while the
suite waits for something else, do two things at once, read numbers and identifiers, or show that
nothing happened within half a second. A purpose that is not named here, new ones among them, asks
nobody anything and is INCONCLUSIVE where it needs somebody: silence would be a pass for nothing.
"""

DOABLE = frozenset(
    {
        # The system as the caller's own provider.
        "POSITION-ABROAD",
        "POSITION-OFF",
        "ROUTE-OWN",
        "ROUTE-PEER",
        "ROUTE-SIBLING",
        # The system as the provider that a call is offered to.
        "OFFER-MODE",
        "OFFER-NO-CONSOLE",
        "OFFER-TAKEN",
        # Registrants and their records. Nothing here hangs on time.
        "ADMIT-SUSPENDED",
        "RECORD-ACCESS-LOGGED",
        "RECORD-CANCELLED",
        # What is claimed not to be there.
        "CLAIM-LIVE",
        "CLAIM-RECEIVING",
        "CLAIM-TRANSFER-IN",
        "CLAIM-TRANSFER-OUT",
    }
)
"""IDs of the purposes."""

LOGS_IN_APART = frozenset({"ADMIT-SUSPENDED", "RECORD-CANCELLED"})
"""Of these, those in which a log-in is a step of its own: it is judged itself, or has to be done
before something else is. In all others a person logs in with the first call."""
