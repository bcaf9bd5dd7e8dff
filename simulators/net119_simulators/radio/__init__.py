"""Radio between a phone and a provider: latency, loss, tunnels, hand-overs, no network."""

from net119_simulators.radio.course import (
    Course,
    Event,
    Happening,
    Link,
    NoNetwork,
    Planned,
    RadioProfile,
)
from net119_simulators.radio.model import Direction, LinkModel, Opening, Packet
from net119_simulators.radio.profiles import load_radios
from net119_simulators.radio.proxy import RadioProxy

__all__ = [
    "Course",
    "Direction",
    "Event",
    "Happening",
    "Link",
    "LinkModel",
    "NoNetwork",
    "Opening",
    "Packet",
    "Planned",
    "RadioProfile",
    "RadioProxy",
    "load_radios",
]
