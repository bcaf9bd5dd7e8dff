"""The sockets of interface B: our STOMP endpoint, and our connections to the peers' endpoints."""

from net119_reference.stomp_shell.bounds import Bounds
from net119_reference.stomp_shell.endpoint import EndpointServer, ListenFailed
from net119_reference.stomp_shell.interconnect import Interconnect
from net119_reference.stomp_shell.links import Links, build_links

__all__ = ["Bounds", "EndpointServer", "Interconnect", "Links", "ListenFailed", "build_links"]
