"""Every code that is shown has a label in both languages."""

from enum import StrEnum

import pytest
from net119_protocol import codes
from net119_protocol.labels import LABELLED, label, label_of
from net119_protocol.person import DeviceKind, Rh, Sex

SHOWN: tuple[type[StrEnum], ...] = (
    codes.Kind,
    codes.Mode,
    codes.CallState,
    codes.CloseOutcome,
    codes.RejectReason,
    codes.WithdrawReason,
    codes.Presence,
    codes.PlaceChoice,
    codes.Positioning,
    codes.LinkSecurity,
    codes.ProviderState,
    codes.SenderRole,
    codes.FixSource,
    Sex,
    Rh,
    DeviceKind,
)


def test_all_lists_that_are_shown_are_labelled() -> None:
    assert set(SHOWN) == set(LABELLED)


@pytest.mark.parametrize("code_list", SHOWN, ids=lambda each: each.__name__)
def test_each_member_has_labels_of_its_own(code_list: type[StrEnum]) -> None:
    labels = [label_of(member) for member in code_list]

    assert all(
        any(ord(character) > 0x2FFF for character in each.ja) or each.ja == "GPS" for each in labels
    )
    assert all(each.en.isascii() and each.en for each in labels)
    assert len({each.ja for each in labels}) == len({each.en for each in labels}) == len(labels)


def test_equal_values_of_two_lists_keep_their_own_labels() -> None:
    assert label(codes.CallState.CLOSED) == "終了"
    assert label(codes.WithdrawReason.CLOSED) == "通報が終了した"


def test_the_language_is_chosen() -> None:
    assert label(codes.Kind.AMBULANCE) == "救急"
    assert label(codes.Kind.AMBULANCE, "en") == "Ambulance"


def test_a_list_without_labels_is_an_error() -> None:
    with pytest.raises(KeyError):
        label(codes.ErrorCode.TEMPORARY)
