"""What stays of a destroyed record: nothing that tells whose it was."""

from datetime import date

from net119_protocol.person import Address, RegistrantData, Sex

GONE = "-"


def tombstone(data: RegistrantData) -> RegistrantData:
    """Data without a person: only the municipality stays, for the department's statistics."""
    return RegistrantData(
        name=GONE,
        birth_date=date(1900, 1, 1),
        sex=Sex.UNSTATED,
        address=Address(
            prefecture=data.address.prefecture,
            municipality=data.address.municipality,
            municipality_code=data.address.municipality_code,
            street="",
            lat=0,
            lon=0,
        ),
        mail="gone@destroyed.invalid",
    )
