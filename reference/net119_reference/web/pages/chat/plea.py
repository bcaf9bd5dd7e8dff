"""What the read-aloud card says: a plea to bystanders to call 119 by voice (CTS-08, ASO-29).

It is in Japanese, which those who read and hear it speak; ``meaning`` is for the caller.
"""

from dataclasses import dataclass

from net119_protocol.codes import CallState, Kind, Mode, PlaceChoice
from net119_protocol.directory import JurisdictionIndex
from net119_protocol.labels import Label, label
from net119_protocol.places import CallPlace

from net119_reference.ports import Plea
from net119_reference.web.pages.places import named

KINDS = {
    Kind.FIRE: Label("火事です。消防車をお願いします。", "There is a fire."),
    Kind.AMBULANCE: Label("救急です。救急車をお願いします。", "An ambulance is needed."),
    Kind.OTHER: Label("助けが必要です。", "Help is needed."),
}


def not_real(mode: Mode) -> str:
    """What a call is in place of a real one, in Japanese, for its card to say so; empty if live.

    The card of no other call may bring anybody to call 119 (I5).
    """
    return "" if mode is Mode.LIVE else label(mode)


@dataclass(frozen=True)
class Sentence:
    """One sentence of the plea, and how it is read aloud where that differs."""

    text: str
    meaning: Label
    spoken: str | None = None


def sentences(
    plea: Plea, index: JurisdictionIndex, *, kind: Kind | None, at_home: bool
) -> list[Sentence]:
    """What the card says, in the order in which it is read."""
    what = KINDS[kind or Kind.OTHER]
    found = [
        Sentence(what.ja, what),
        Sentence(
            "わたしは、電話で話すことができません。",
            Label("", "I cannot speak or hear on the telephone."),
        ),
        *_place(plea, index, at_home=at_home),
        _name(plea),
    ]
    receiver = plea.call.receiver if plea.call else None
    if plea.call is not None and plea.call.state is not CallState.CLOSED and receiver is not None:
        found.append(
            Sentence(
                f"NET119のチャットで、{receiver.name_ja}にも通報しています。",
                Label("", f"I am calling {receiver.name_en} by NET119, too."),
                f"ネット119のチャットで、{receiver.name_ja}にも通報しています。",
            )
        )
    return found


def _name(plea: Plea) -> Sentence:
    return Sentence(
        f"名前は、{plea.name}です。",
        Label("", "This is my name."),
        # Few voices read names right that are rare, or hold letters beyond the common ones.
        f"名前は、{plea.kana}です。" if plea.kana else None,
    )


def _place(plea: Plea, index: JurisdictionIndex, *, at_home: bool) -> list[Sentence]:
    place = plea.place
    if at_home or (place is not None and place.choice is PlaceChoice.HOME):
        return [
            Sentence(
                f"場所は、わたしの家です。{plea.address.one_line()}",
                Label("", "The place is my home, at the registered address."),
            )
        ]
    if place is not None and place.frequent is not None:
        return [
            Sentence(
                f"場所は、{place.frequent.label}です。{place.frequent.address}",
                Label("", "The place is the frequent place that you chose."),
            )
        ]
    here = Sentence(
        "場所は、ここです。住所や目印を、見て伝えてください。",
        Label("", "The place is here: please tell the address or a landmark that you see."),
    )
    town = _town(place, index)
    if town is None:
        return [here]
    return [Sentence(f"{town}の中です。", Label("", "The municipality.")), here]


def _town(place: CallPlace | None, index: JurisdictionIndex) -> str | None:
    """The municipality of the call's point; unknown where there is no point, or none on land."""
    if place is None or place.point is None:
        return None
    hit = index.at(place.point.lon, place.point.lat)
    return named(index, hit.municipality, "ja") if hit.municipality and not hit.sea else None
