"""What a line looks like on a screen: a tapped answer shows its label.  Pure."""

from collections.abc import Iterable

from net119_protocol.chat import ChatLine


def shown(line: ChatLine, lines: Iterable[ChatLine]) -> str:
    """The text of a line; of a tapped answer the label, which an earlier one of ``lines`` has."""
    if line.choice is None:
        return line.text
    asked = next((each for each in lines if each.seq == line.choice.seq), None)
    labels = {each.id: each.label for each in asked.options} if asked is not None else {}
    return labels.get(line.choice.option_id, "")
