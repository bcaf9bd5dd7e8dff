"""A simulated peer provider: interface B in both roles, against one system under test."""

from net119_simulators.peer.behaviours import (
    Accepting,
    Answering,
    Behaviour,
    LateAccepting,
    Rejecting,
    Silent,
)
from net119_simulators.peer.broker import Broker
from net119_simulators.peer.errors import (
    CannotListen,
    ConnectionEnded,
    MessageRefused,
    OtherAnswer,
    SendFailed,
)
from net119_simulators.peer.habits import Habits
from net119_simulators.peer.messages import Received, Unreadable, altered
from net119_simulators.peer.offered_call import OfferedCall
from net119_simulators.peer.peer import SimulatedPeer
from net119_simulators.peer.peer_call import PeerCall
from net119_simulators.peer.raw import RawSession
from net119_simulators.peer.sending import Sent
from net119_simulators.peer.specs import Duties, SutEndpoint, Way
from net119_simulators.peer.taken_call import TakenCall

__all__ = [
    "Accepting",
    "Answering",
    "Behaviour",
    "Broker",
    "CannotListen",
    "ConnectionEnded",
    "Duties",
    "Habits",
    "LateAccepting",
    "MessageRefused",
    "OfferedCall",
    "OtherAnswer",
    "PeerCall",
    "RawSession",
    "Received",
    "Rejecting",
    "SendFailed",
    "Sent",
    "Silent",
    "SimulatedPeer",
    "SutEndpoint",
    "TakenCall",
    "Unreadable",
    "Way",
    "altered",
]
