"""What was found on the way to a system, layer by layer, in words that say what to do."""

from dataclasses import dataclass
from enum import StrEnum

from net119_conformance.catalogue import Text


class Layer(StrEnum):
    """How far a connection came."""

    NAME = "DNS"
    TCP = "TCP"
    TLS = "TLS"
    HTTP = "HTTP"
    API = "API"
    STOMP = "STOMP"
    HOOK = "hook"
    WORLD = "world"
    MAIL = "mail"
    HERE = "this machine"


@dataclass(frozen=True)
class Finding:
    """One layer at one place: whether it answered, what was seen, what to do if it did not.

    ``key`` names the line of the profile that leads there.
    """

    layer: Layer
    place: str
    key: str
    ok: bool
    seen: Text
    remedy: Text | None = None

    def sentence(self) -> Text:
        """What was seen and what to do, as one text."""
        where = f"{self.layer.value} {self.place}"
        if self.remedy is None:
            return Text(en=f"{where}: {self.seen.en}", ja=f"{where}: {self.seen.ja}")
        return Text(
            en=f"{where}: {self.seen.en}. {self.remedy.en} ({self.key})",
            ja=f"{where}: {self.seen.ja}。{self.remedy.ja}（{self.key}）",
        )
