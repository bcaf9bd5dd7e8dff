"""Which lines fit on a page: nothing lost, nothing twice, never too large."""

from html import escape

from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.chat import ChatLine, Choice, Option
from net119_protocol.codes import SenderRole
from net119_reference.web.pages.mobile.transcript import (
    ABOVE_FORM,
    LINE_CUT,
    PAGE_BYTES,
    chosen_label,
    extract,
    open_question,
    unread,
)

from tests.reference.web.fake_service import AT

TEXTS = st.one_of(
    st.text(min_size=1, max_size=60).filter(str.strip),
    st.sampled_from(['"' * 2000, "火" * 2000, "はい", "<script>" * 50]),
).map(lambda text: text.replace("\x00", "x"))
LABELS = ("はい", "いいえ", '"' * 100)


@st.composite
def transcripts(draw: st.DrawFn) -> tuple[ChatLine, ...]:
    lines: list[ChatLine] = []
    chance = draw(st.randoms(use_true_random=False))
    texts = draw(st.lists(TEXTS, min_size=1, max_size=4))
    for seq in range(1, draw(st.integers(1, 60)) + 1):
        asked = [each for each in lines if each.options]
        choice = None
        if asked and chance.random() < 0.5:
            question = chance.choice(asked)
            choice = Choice(seq=question.seq, option_id=chance.choice(question.options).id)
        many = 0 if choice or chance.random() < 0.7 else chance.randint(1, 20)
        labels = [chance.choice(LABELS) for _ in range(many)]
        lines.append(
            ChatLine(
                seq=seq,
                client_id=f"c{seq}",
                sender=SenderRole.CALLER if choice else chance.choice(list(SenderRole)),
                at=AT,
                text="" if choice else chance.choice(texts),
                options=tuple(Option(id=f"o{n}", label=each) for n, each in enumerate(labels)),
                choice=choice,
            )
        )
    return tuple(lines)


@given(transcripts())
def test_the_pages_together_are_the_whole_transcript_once(lines: tuple[ChatLine, ...]) -> None:
    shown: list[ChatLine] = []
    before: int | None = None
    while True:
        page = extract(lines, before)
        assert page.lines, "a page that leads nowhere"
        rest = page.lines[1:]
        size = sum(len(escape(each.text[:LINE_CUT]).encode()) for each in rest)
        assert size <= PAGE_BYTES
        shown += page.lines
        if page.older is None:
            break
        assert before is None or page.older < before
        before = page.older
    assert shown == list(reversed(lines))


@given(transcripts())
def test_a_question_waits_until_it_is_answered(lines: tuple[ChatLine, ...]) -> None:
    question = open_question(lines)
    answered = {each.choice.seq for each in lines if each.choice}
    waiting = [each.seq for each in lines if each.options and each.seq not in answered]
    assert (question.seq if question else None) == (waiting[-1] if waiting else None)
    above = lines[-unread(lines) :]
    assert 1 <= len(above) <= ABOVE_FORM
    said = [each.seq for each in lines if each.sender is SenderRole.DISPATCHER]
    if said and said[-1] > len(lines) - ABOVE_FORM:
        assert above[0].seq == said[-1], "what the dispatcher said last stands above the form"
    for each in lines:
        if each.choice is not None:
            labels = [option.label for option in lines[each.choice.seq - 1].options]
            assert chosen_label(lines, each) in labels


def test_nothing_has_been_said_yet() -> None:
    page = extract(())
    assert (page.lines, page.older) == ((), None)
    assert open_question(()) is None
