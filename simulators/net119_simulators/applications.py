"""Applications as people hand them in: complete for a department's profile, the same for a seed."""

import random
from dataclasses import dataclass, field
from datetime import date

from net119_protocol.application import Application, Basis, Guardian
from net119_protocol.person import Address, DeviceKind, Medical, OptionalData, RegistrantData, Rh
from net119_protocol.profile.check import age_on
from net119_protocol.profile.model import Certificate, Item, Profile

from net119_simulators.identity_card import identity_card
from net119_simulators.person import draw_person, fictional_phone, jurisdictions, point_in

_BASES = {Basis.LIVES: 80, Basis.WORKS: 10, Basis.STUDIES: 6, Basis.ACCEPTED: 4}
_GUARDIANS = (("母", "ハナエ", "花江"), ("父", "イチロウ", "一郎"))
_LOCKS = ("あり。部屋番号を押して呼び出す", "なし")


@dataclass(frozen=True)
class Applying:
    """One person about to register: what they tell, and the picture they hand in, if any."""

    application: Application
    image: bytes | None = field(default=None, repr=False)

    @property
    def mail(self) -> str:
        """Where mail reaches the person."""
        return self.application.data.mail


def make_applying(
    profile: Profile, seed: int | str, today: date, *, basis: Basis | None = None
) -> Applying:
    """The person of this seed who may register with a department, as of a day in Japan.

    Whatever the department asks is answered, or left out where it may be; what it does not ask is
    not told. Of two different seeds the mail addresses differ. ``basis`` is drawn unless given.
    """
    rng = random.Random(f"applying/{profile.department}/{seed}")
    chosen = basis or _basis(rng, profile)
    inside = rng.choice(profile.municipalities)
    home = inside if chosen is Basis.LIVES else _elsewhere(rng, profile)
    person = draw_person(rng, home)
    user, _, domain = person.mail.partition("@")
    drawn = person.model_copy(update={"mail": f"{user}-{seed}@{domain}"})
    data = _asked(rng, profile, drawn)
    application = Application(
        data=data,
        basis=chosen,
        basis_municipality=inside if chosen in (Basis.WORKS, Basis.STUDIES) else "",
        certificate=_certificate(rng, profile, chosen),
        text_capable=True if profile.eligibility.text_capable else None,
        guardian=_guardian(rng, profile, data, today),
    )
    wants_image = profile.asks(Item.IDENTITY_IMAGE)
    return Applying(application, identity_card(data, seed) if wants_image else None)


def moved(application: Application, seed: int | str) -> Application:
    """The same person a while later, at another address of the same municipality (a change)."""
    rng = random.Random(f"moved/{seed}")
    address = application.data.address
    lat, lon = point_in(rng, address.municipality_code)
    street = f"見晴台{rng.randint(1, 9)}丁目{rng.randint(1, 40)}番{rng.randint(1, 30)}号"
    new = address.model_copy(update={"street": street, "lat": lat, "lon": lon})
    data = application.data.model_copy(update={"address": new})
    return application.model_copy(update={"data": data})


def _basis(rng: random.Random, profile: Profile) -> Basis:
    bases = profile.eligibility.bases
    return rng.choices(bases, [_BASES[each] for each in bases])[0]


def _elsewhere(rng: random.Random, profile: Profile) -> str:
    """A municipality of the same prefecture outside the department's area."""
    prefecture = profile.municipalities[0][:2]
    codes = [
        code
        for code in jurisdictions().municipalities.codes
        if code.startswith(prefecture) and code not in profile.municipalities
    ]
    return rng.choice(sorted(codes))


def _certificate(rng: random.Random, profile: Profile, basis: Basis) -> bool | None:
    rule = profile.eligibility.certificate
    if rule is Certificate.NOT_ASKED or basis is Basis.ACCEPTED:
        return None
    return True if rule is Certificate.REQUIRED else rng.random() < 0.7


def _guardian(
    rng: random.Random, profile: Profile, data: RegistrantData, today: date
) -> Guardian | None:
    if age_on(data.birth_date, today) >= profile.eligibility.guardian_below_age:
        return None
    relation, kana, given = rng.choice(_GUARDIANS)
    surname, surname_kana = data.name.partition("　")[0], data.kana.partition("　")[0]
    return Guardian(
        name=f"{surname}　{given}",
        kana=f"{surname_kana}　{kana}" if surname_kana else "",
        relation=relation,
        phone=fictional_phone(rng),
    )


def _asked(rng: random.Random, profile: Profile, person: RegistrantData) -> RegistrantData:
    """What of a person the department asks for; what it requires is there."""
    asks = profile.asks
    changes: dict[str, object] = {
        "kana": person.kana if asks(Item.KANA) else "",
        "disability": person.disability if asks(Item.DISABILITY) else "",
        "reason": person.reason if asks(Item.REASON) else "",
        "device": person.device if asks(Item.DEVICE) else "",
        "device_kind": DeviceKind.SMARTPHONE if asks(Item.DEVICE_KIND) else None,
        "address": _address(rng, profile, person.address),
        "optional": _optional(rng, profile, person.optional or OptionalData()),
    }
    return person.model_copy(update=changes)


def _address(rng: random.Random, profile: Profile, address: Address) -> Address:
    street, _, building = address.street.partition(" ")
    flat = building if profile.asks(Item.FLAT) and building else None
    if flat is None and Item.FLAT in profile.required:
        flat = "なし"
    changes: dict[str, object] = {"flat": flat}
    if flat is not None and building:
        changes["street"] = street
    if profile.asks(Item.AUTO_LOCK) and (building or Item.AUTO_LOCK in profile.required):
        changes["auto_lock"] = rng.choice(_LOCKS)
    return address.model_copy(update=changes)


def _optional(rng: random.Random, profile: Profile, told: OptionalData) -> OptionalData | None:
    asks, required = profile.asks, profile.required
    phone, fax = told.phone, told.fax
    if Item.PHONE in required:
        phone = phone or fictional_phone(rng)
    if Item.FAX in required:
        fax = fax or fictional_phone(rng)
    contacts = told.contacts[: profile.max_contacts] if asks(Item.CONTACTS) else ()
    places = told.frequent_places[: profile.max_places] if asks(Item.FREQUENT_PLACES) else ()
    found = OptionalData(
        phone=phone if asks(Item.PHONE) else None,
        fax=fax if asks(Item.FAX) else None,
        contacts=tuple(
            each.model_copy(update={"remarks": "平日の夜"})
            if asks(Item.CONTACT_REMARKS) and rng.random() < 0.3
            else each
            for each in contacts
        ),
        frequent_places=places,
        medical=_medical(rng, told.medical, profile) if asks(Item.MEDICAL) else None,
        hearing_person_at_home=(
            told.hearing_person_at_home if asks(Item.HEARING_PERSON_AT_HOME) else None
        ),
        sign_language=told.sign_language if asks(Item.SIGN_LANGUAGE) else None,
        writing=told.writing if asks(Item.WRITING) else None,
        remarks=told.remarks if asks(Item.REMARKS) else "",
    )
    return found if found != OptionalData() else None


def _medical(rng: random.Random, told: Medical | None, profile: Profile) -> Medical | None:
    if told is None:
        return None
    found = told
    if profile.asks(Item.RH):
        group = (told.blood_type or "").partition(" ")[0] or None
        found = told.model_copy(update={"blood_type": group, "rh": rng.choice(list(Rh))})
    return found if any(found.model_dump().values()) else None


__all__ = ["Applying", "make_applying", "moved"]
