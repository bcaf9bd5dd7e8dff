"""Section Repeated Header Entries."""

from net119_protocol.stomp import Frame

from tests.protocol.stomp.support import one_frame

DATA = b"MESSAGE\nfoo:World\nbar:1\nfoo:Hello\nfoo:again\n\n\0"


def test_first_entry_is_the_value() -> None:
    assert one_frame(DATA).headers == {"foo": "World", "bar": "1"}
    assert one_frame(DATA).get("foo") == "World"


def test_later_entries_are_kept_in_order() -> None:
    frame = one_frame(DATA)
    assert frame.history == (("foo", "Hello"), ("foo", "again"))
    assert frame.entries("foo") == ("World", "Hello", "again")
    assert frame.entries("bar") == ("1",)
    assert frame.entries("none") == ()


def test_history_survives_encoding() -> None:
    frame = one_frame(DATA)
    assert one_frame(frame.encode()) == frame


def test_first_content_length_counts() -> None:
    frame = one_frame(b"SEND\ncontent-length:2\ncontent-length:9\n\nab\0")
    assert frame.body == b"ab"


def test_names_differ_by_case() -> None:
    assert one_frame(b"SEND\nFoo:1\nfoo:2\n\n\0").headers == {"Foo": "1", "foo": "2"}


def test_names_equal_after_unescaping_are_repeated() -> None:
    frame = one_frame(b"SEND\na\\\\b:1\na\\\\b:2\n\n\0")
    assert frame == Frame("SEND", {"a\\b": "1"}, history=(("a\\b", "2"),))
