"""Applications for the tests of the form: one with every field, and any."""

from datetime import date
from typing import Any

from hypothesis import strategies as st
from net119_protocol.application import Application, Basis, Guardian
from net119_protocol.person import (
    Address,
    Contact,
    DeviceKind,
    FrequentPlace,
    Medical,
    OptionalData,
    RegistrantData,
    Rh,
    Sex,
)
from net119_protocol.profile.form import MAX_ENTRIES
from net119_simulators.strategies import persons

FULL = Application(
    data=RegistrantData(
        name="髙橋　𠮷子",
        kana="タカハシ　ヨシコ",
        birth_date=date(1993, 6, 1),
        sex=Sex.UNSTATED,
        address=Address(
            prefecture="北海道",
            municipality="苫小牧市",
            municipality_code="01213",
            street="架空町1-2",
            flat="203",
            auto_lock="あり\n#119",
            lat=-42.5,
            lon=1e-05,
            position_confirmed=False,
        ),
        mail="yoshiko@mail.example",
        disability="聴覚",
        reason="話せない",
        device="架空モバイル",
        device_kind=DeviceKind.OTHER,
        optional=OptionalData(
            phone="0000-1-1",
            fax="0000-1-2",
            contacts=(
                Contact(
                    name="一郎",
                    kana="イチロウ",
                    relation="夫",
                    phone="0000-1-3",
                    fax="0000-1-4",
                    mail="i@mail.example",
                    address="架空町",
                    remarks="夜のみ",
                ),
            ),
            frequent_places=(
                FrequentPlace(label="職場", address="架空町", note="裏口", lat=42.0, lon=141.0),
            ),
            medical=Medical(
                blood_type="AB",
                rh=Rh.NEGATIVE,
                history="喘息",
                medication="なし",
                allergy="そば",
                hospital="架空病院",
                doctor="髙木",
            ),
            hearing_person_at_home=False,
            sign_language=True,
            writing=True,
            remarks="犬",
        ),
    ),
    basis=Basis.WORKS,
    basis_municipality="01213",
    certificate=True,
    text_capable=False,
    guardian=Guardian(name="親", kana="オヤ", relation="母", phone="0000-1-5"),
)


def _with_lists(text: st.SearchStrategy[str], most: int) -> st.SearchStrategy[dict[str, Any]]:
    maybe = st.none() | text
    number = st.from_regex(r"\+?[0-9]{1,4}(-[0-9]{1,4}){0,3}", fullmatch=True)
    contact = st.builds(
        Contact,
        name=text,
        phone=number,
        fax=st.none() | number,
        mail=st.none() | st.just("a@b"),
        address=maybe,
        remarks=maybe,
    )
    degrees = st.floats(-90, 90)
    place = st.builds(
        lambda label, address, at: FrequentPlace(
            label=label, address=address, lat=at and at[0], lon=at and at[1]
        ),
        st.just("") | text,
        st.just("") | text,
        st.none() | st.tuples(degrees, degrees),
    )
    medical = st.builds(Medical, rh=st.none() | st.sampled_from(Rh), history=maybe, doctor=maybe)
    return st.fixed_dictionaries(
        {},
        optional={
            "contacts": st.lists(contact, max_size=most).map(tuple),
            "frequent_places": st.lists(place, max_size=most).map(tuple),
            "medical": st.none() | medical,
            "writing": st.none() | st.booleans(),
        },
    )


@st.composite
def applications(draw: st.DrawFn) -> Application:
    """Simulated people, with all that a form can add; texts as a form leaves them."""
    text = st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"),
        min_size=1,
        max_size=30,
    )
    text = text.map(str.strip).filter(bool)
    data = draw(persons(("01213", "23445")))
    if draw(st.booleans()):
        extra = data.optional or OptionalData()
        added = draw(_with_lists(text, MAX_ENTRIES))
        address = {"flat": draw(st.none() | text), "auto_lock": draw(st.none() | text)}
        data = data.model_copy(
            update={
                "optional": extra.model_copy(update=added),
                "address": data.address.model_copy(
                    update={**address, "position_confirmed": draw(st.none() | st.booleans())}
                ),
                "device_kind": draw(st.none() | st.sampled_from(DeviceKind)),
            }
        )
    return Application(
        data=data,
        basis=draw(st.sampled_from(Basis)),
        basis_municipality=draw(st.sampled_from(("", "01213"))),
        certificate=draw(st.none() | st.booleans()),
        text_capable=draw(st.none() | st.booleans()),
        guardian=draw(st.none() | st.builds(Guardian, name=text, relation=st.just("") | text)),
    )
