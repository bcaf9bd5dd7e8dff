"""When the bytes of a connection arrive over a radio link: no socket, no clock.

TCP hides loss: a lost packet is sent again, and what follows waits for it. So loss and silence
show as stalls here, never as missing, doubled or reordered bytes. The wait follows RFC 6298: a
retransmission timer that doubles with each attempt in vain, so that after a tunnel of 20 s the
bytes come when the next attempt is due, not when the tunnel ends. Left out: fast retransmission
(RFC 5681), which a chat's single packets do not reach, and slow start.
"""

import random
from dataclasses import dataclass
from enum import StrEnum

from net119_simulators.radio.course import Course, Event, Happening, NoNetwork

PACKET = 1400
"""Octets of data in one packet."""
_FIRST_RTO_S = 1.0
"""For a connection's opening, where no round trip was measured yet (RFC 6298, 2.1)."""
_LEAST_RTO_S = 0.2
"""The least of Linux; RFC 6298 says 1 s, which no phone keeps."""
_MOST_RTO_S = 60.0


class Direction(StrEnum):
    """From the phone, or to it."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Packet:
    """So many octets, arriving at a moment (seconds of the course)."""

    size: int
    at: float


class Opening(StrEnum):
    """What a new connection meets."""

    OPENED = "opened"
    REFUSED = "refused"
    VANISHED = "vanished"


@dataclass(frozen=True)
class Opened:
    """The answer to a new connection; ``at``: when it can be used, if it can."""

    opening: Opening
    at: float


class Stream:
    """One direction of one connection."""

    def __init__(self, course: Course, direction: Direction, name: str) -> None:
        self._course = course
        self._direction = direction
        self._random = random.Random(f"stream {course.seed} {course.profile.code} {name}")
        self._free = float("-inf")
        """When the link has sent all that was given to it."""
        self._recovered = float("-inf")
        """When the retransmission under way gets through; nothing passes before."""
        self._arrived = float("-inf")

    def send(self, now: float, size: int) -> tuple[Packet, ...]:
        """When octets that are given to the link now arrive: in order, all of them, once."""
        packets = []
        while size > 0:
            octets = min(size, PACKET)
            size -= octets
            packets.append(Packet(octets, self._arrival(now, octets)))
        return tuple(packets)

    def close(self, now: float) -> float:
        """When the end of the stream, sent now, arrives: after everything else."""
        return self._arrival(now, 0)

    def _arrival(self, now: float, octets: int) -> float:
        start = max(now, self._free)
        link = self._course.link(start)
        rate = link.up_bps if self._direction is Direction.UP else link.down_bps
        self._free = start + octets * 8 / rate
        sent = max(self._free, self._recovered)
        through = attempt(self._course, self._random, sent, max(_LEAST_RTO_S, 4 * link.latency_s))
        if through > sent:
            self._recovered = through
        link = self._course.link(through)
        arrived = through + link.latency_s + self._random.uniform(0, link.jitter_s)
        self._arrived = max(self._arrived, arrived)
        return self._arrived


def attempt(course: Course, generator: random.Random, at: float, rto_s: float) -> float:
    """When a packet first sent at a moment gets through the air, sent again until it does."""
    while course.silent_until(at) > at or generator.random() < course.link(at).loss:
        at += rto_s
        rto_s = min(2 * rto_s, _MOST_RTO_S)
    return at


class Connection:
    """One connection over the link, both ways; ``born`` is when it was opened."""

    def __init__(self, course: Course, number: int, born: float) -> None:
        self.number = number
        self.born = born
        self.streams = {each: Stream(course, each, f"{number} {each.value}") for each in Direction}


class LinkModel:
    """A phone's radio link: every connection of the phone goes over it.

    The same profile, seed and course of questions give the same answers. Each connection has a
    link of its own in rate and loss (what phones do at once is little), and all share what
    happens.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self._opened = 0

    def open(self, now: float) -> Opened:
        """What a connection that is opened now meets."""
        self._opened += 1
        for each in self.course.at(now):
            if each.event is Event.OUT_OF_AREA:
                refused = each.new is NoNetwork.REFUSE
                return Opened(Opening.REFUSED if refused else Opening.VANISHED, now)
        generator = random.Random(
            f"open {self.course.seed} {self.course.profile.code} {self._opened}"
        )
        # The way there and the way back of the first packets.
        there = attempt(self.course, generator, now, _FIRST_RTO_S)
        link = self.course.link(there)
        return Opened(
            Opening.OPENED, there + 2 * link.latency_s + generator.uniform(0, link.jitter_s)
        )

    def connection(self, born: float) -> Connection:
        """The streams of a connection that was opened."""
        return Connection(self.course, self._opened, born)

    def refuses(self, now: float) -> bool:
        """Whether new connections are refused at a moment."""
        return any(
            each.event is Event.OUT_OF_AREA and each.new is NoNetwork.REFUSE
            for each in self.course.at(now)
        )

    def reset(self, born: float, now: float) -> bool:
        """Whether a connection opened at ``born`` was reset since."""
        return bool(self.course.resets(born, now))

    def intervene(self, happening: Happening) -> None:
        """Let something happen besides what the profile and the seed say."""
        self.course.add(happening)
