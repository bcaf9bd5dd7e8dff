"""The profile of a department that has none: the neutral one."""

from datetime import date
from functools import lru_cache

from net119_protocol.application import Basis
from net119_protocol.profile.model import (
    Bilingual,
    Channel,
    Eligibility,
    Item,
    Mail,
    MailRule,
    Profile,
    Terms,
)

_REQUIRED = (Item.NAME, Item.BIRTH_DATE, Item.SEX, Item.ADDRESS, Item.MAIL)
_NOWHERE = "00000"
"""No municipality has this code: nobody is inside the area, staff decide themselves."""


@lru_cache(maxsize=4096)
def neutral_profile(code: str, name_ja: str, name_en: str, phone: str) -> Profile:
    """Paper only, keyed in by staff; asks for what every department asks for.

    Kept, since it cannot be changed: to build that of each department anew for every log-in and
    every address of a mail took a sixth of the processor's time of a whole conformance run.
    """
    every_other = tuple(item for item in Item if item not in (*_REQUIRED, Item.IDENTITY_IMAGE))
    host = "".join(sign if sign.isalnum() or sign == "-" else "-" for sign in code)
    return Profile(
        department=code,
        name=Bilingual(ja=name_ja, en=name_en),
        contact=Bilingual(ja=f"{name_ja} {phone}", en=f"{name_en} {phone}"),
        source="none: neutral defaults",
        channels=(Channel.PAPER,),
        eligibility=Eligibility(bases=tuple(Basis)),
        municipalities=(_NOWHERE,),
        required=_REQUIRED,
        optional=every_other,
        mail=Mail(
            rule=MailRule.NONE,
            registration_sender=f"registration@{host}.example",
            service_sender=f"service@{host}.example",
        ),
        terms=Terms(
            version="none",
            effective=date(2000, 1, 1),
            text=Bilingual(ja="利用規約はありません。", en="There are no terms of use."),
        ),
    )
