"""What a dispatcher asks, and what follows from the answers (facts A60, A61).

Questions offer answers to tap, so that a caller who cannot write at the moment can still tell;
a written answer is as good.
"""

from dataclasses import dataclass, field

from net119_protocol.chat import Option
from net119_protocol.codes import Kind


@dataclass(frozen=True)
class Reply:
    """An answer that can be tapped.

    ``then`` is what the dispatcher says on hearing it; ``ask`` what is asked next because of it.
    """

    id: str
    label: str
    then: str = ""
    ask: tuple["Question", ...] = field(default=())

    def option(self) -> Option:
        """The answer as it travels."""
        return Option(id=self.id, label=self.label)


@dataclass(frozen=True)
class Question:
    """A question; without replies it is answered in the caller's own words."""

    text: str
    replies: tuple[Reply, ...] = ()

    def options(self) -> tuple[Option, ...]:
        """The answers to tap."""
        return tuple(reply.option() for reply in self.replies)

    def reply_to(self, option_id: str | None, text: str) -> Reply | None:
        """The reply that was tapped, or whose label the caller wrote; ``None`` for other words."""
        for reply in self.replies:
            if reply.id == option_id or (option_id is None and reply.label in text):
                return reply
        return None


GREETINGS = {
    Kind.AMBULANCE: "119番です。救急ですね。落ち着いて、質問に答えてください。",
    Kind.FIRE: "119番です。火事ですね。安全な場所にいますか。質問に答えてください。",
    Kind.OTHER: "119番です。どうしましたか。質問に答えてください。",
}
PRACTICE_GREETING = "練習通報を受け付けました。実際の出動はありません。練習を続けます。"

_WHO = Question(
    "救急車が必要なのは、あなたご本人ですか。",
    (Reply("self", "本人"), Reply("other", "ほかの人")),
)
_CONSCIOUS = Question(
    "意識はありますか。呼びかけに反応しますか。",
    (
        Reply("conscious", "ある"),
        Reply(
            "unconscious",
            "ない",
            then="胸の動きを見て、普段どおりの呼吸がなければ、胸の真ん中を強く速く押してください。",
            ask=(
                Question(
                    "呼吸はありますか。",
                    (Reply("breathing", "ある"), Reply("not-breathing", "ない")),
                ),
            ),
        ),
    ),
)
_WHERE_HURTS = Question(
    "どこが痛みますか。",
    (
        Reply("head", "頭"),
        Reply("chest", "胸", then="動かずに、楽な姿勢でいてください。"),
        Reply("belly", "おなか"),
        Reply("limb", "手・足"),
        Reply("none", "痛みはない"),
    ),
)
_BLEEDING = Question(
    "血は出ていますか。",
    (
        Reply("bleeding", "出ている", then="清潔な布で、傷口を強く押さえてください。"),
        Reply("not-bleeding", "出ていない"),
    ),
)
_AMBULANCE = (
    Question(
        "急病ですか、事故ですか。",
        (
            Reply("illness", "急病", ask=(_WHERE_HURTS,)),
            Reply("accident", "事故", ask=(_BLEEDING,)),
        ),
    ),
    _WHO,
    _CONSCIOUS,
)
_FIRE = (
    Question(
        "何が燃えていますか。",
        (
            Reply("house", "家・建物"),
            Reply("car", "車"),
            Reply("field", "草・山林"),
            Reply("unknown", "わからない"),
        ),
    ),
    Question(
        "けが人や、逃げ遅れた人はいますか。",
        (Reply("someone", "いる"), Reply("nobody", "いない"), Reply("unknown", "わからない")),
    ),
    Question(
        "あなたは安全な場所にいますか。",
        (Reply("safe", "いる"), Reply("unsafe", "いない", then="すぐに建物の外へ逃げてください。")),
    ),
)
_OTHER = (
    Question(
        "火事ですか、救急ですか、それ以外ですか。",
        (
            Reply("fire", "火事", ask=_FIRE),
            Reply("ambulance", "救急", ask=_AMBULANCE),
            Reply("else", "それ以外", ask=(Question("状況を短く教えてください。"),)),
        ),
    ),
)
QUESTIONS: dict[Kind, tuple[Question, ...]] = {
    Kind.AMBULANCE: _AMBULANCE,
    Kind.FIRE: _FIRE,
    Kind.OTHER: _OTHER,
}
"""The first questions for each kind of emergency, in the order they are asked."""
