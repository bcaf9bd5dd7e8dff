"""Mailboxes are judged: what is lost, what is doubled, what a crash may repeat."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from net119_loadtests.registrations.letters import Due, due_kind, judge_letters
from net119_simulators.mailbox import Letter

ME, YOU = "me@phone.example", "you@phone.example"
TEXTS = {
    Due.URL: "次のURLを開いてください。\n\nhttps://127.0.0.2:8443/r/abc",
    Due.RECEIVED: "登録の申請を受け付けました。",
    Due.COMPLETED: "登録が完了しました。\nhttps://127.0.0.2:8443/my\nID: T12345\nパスワード: x",
}
ALL = tuple(Due)


def letter(kind: Due, message_id: str, address: str = ME) -> Letter:
    return Letter(
        address=address,
        envelope_from="a@b.example",
        sender="a@b.example",
        subject="NET119",
        text=TEXTS[kind],
        message_id=message_id,
        received_at=datetime(2026, 4, 1, tzinfo=UTC),
        raw=b"",
    )


def whole(address: str = ME) -> list[Letter]:
    return [letter(kind, f"<{kind}-{address}>", address) for kind in Due]


def test_mails_are_known_by_what_they_hold() -> None:
    for kind in Due:
        assert due_kind(letter(kind, "<1>")) is kind


def test_each_due_mail_once_is_in_order() -> None:
    found = judge_letters({ME: ALL, YOU: (Due.URL,)}, {ME: whole(), YOU: whole(YOU)[:1]})
    assert (found.due, found.arrived, found.violations, found.repeated) == (4, 4, 0, 0)
    assert found.first == ()


def test_a_mail_that_is_not_there_is_lost() -> None:
    found = judge_letters({ME: ALL, YOU: ALL}, {ME: whole()[:2]})
    assert found.lost == 4
    assert "lost: completed for me@phone.example" in found.first


def test_a_second_mail_with_another_id_is_doubled_one_with_the_same_id_is_not() -> None:
    again = letter(Due.RECEIVED, f"<{Due.RECEIVED}-{ME}>")
    found = judge_letters({ME: ALL}, {ME: [*whole(), again, again]})
    assert (found.doubled, found.repeated, found.violations) == (0, 2, 0)
    other = letter(Due.RECEIVED, "<other>")
    found = judge_letters({ME: ALL}, {ME: [*whole(), other]})
    assert (found.doubled, found.lost) == (1, 0)
    assert "2 Message-IDs" in found.first[0]


def test_a_mail_that_is_not_due_is_doubled_and_one_to_a_stranger_astray() -> None:
    found = judge_letters({ME: (Due.URL,)}, {ME: whole()[:2], YOU: whole(YOU)})
    assert (found.doubled, found.strays, found.lost) == (1, 1, 0)
    assert any("stray" in each for each in found.first)


@given(
    st.dictionaries(
        st.sampled_from([ME, YOU]),
        st.lists(st.tuples(st.sampled_from(Due), st.sampled_from("abc")), max_size=8),
    )
)
def test_nothing_is_counted_twice_or_not_at_all(
    boxes: dict[str, list[tuple[Due, str]]],
) -> None:
    """Every mail is the one that was due, a repetition, or a double; what is due and not, lost."""
    mail = {
        address: [letter(kind, f"{kind}{name}", address) for kind, name in rows]
        for address, rows in boxes.items()
    }
    found = judge_letters({ME: ALL, YOU: ALL}, mail)
    assert found.arrived == found.due - found.lost + found.repeated + found.doubled
