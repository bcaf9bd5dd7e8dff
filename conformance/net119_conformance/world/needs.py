"""What a test purpose needs of the world: departments of its own, a peer, a system of its own.

Every purpose gets departments, centers, peers and registrants that no other purpose touches, on
real municipalities of its own; so purposes run at the same time without disturbing each other.
"""

from dataclasses import dataclass

from net119_conformance.capacity import Part


@dataclass(frozen=True)
class Needs:
    """What is prepared for one purpose.

    ``home``, a department of the SUT with a center of its own, is always there.
    ``sibling``: a second department of the SUT, with another center.
    ``peer``: a simulated provider with a department that borders on ``home``.
    ``unadopted``: a municipality without NET119.
    ``partner``: a department of the other real provider of the run.
    ``own_system``: a SUT started for this purpose alone, so that it may be killed.
    ``alone``: nothing else is judged meanwhile at a system that runs already, which may refuse
    others for what this purpose takes of it.
    ``once``: of several providers of the same make, one is judged: whoever else takes part is
    simulated, and the second provider would show the same again. For what takes long: a real
    browser, many phones, long timers.
    ``phones``: the SUT serves phones of all kinds, with RSA keys and over a plaintext link too.
    ``wrong_certificates``: the peer has certificates to show that are not its own.
    ``live``: the SUT takes real calls as well. Needs ``own_system``.
    ``browser``: a real browser engine, where the machine has one.
    ``modern_tls_in_days``: the SUT's dated setting demands TLS 1.2 or later of HTTPS from so many
    days from now on, and TLS 1.0 or later until then; 0: no such date. Needs ``own_system``.
    ``profile``: name of the packaged department profile that ``home`` registers people by, with
    mail addresses of its own; empty for a department without one.
    ``starts_in_days``: the service of ``home`` starts so many days from now; 0: it has begun.
    ``ends_in_days``: the last day of the service of ``home`` is so many days from now; 0: none is
    known.
    ``capacity``: parts of the SUT's claim that are verified; where one is not claimed the purpose
    does not apply.
    ``crowd``: as many centers of the SUT as the claimed callers need, besides ``home``.
    ``call_limit``: the SUT takes as many open calls as its claim says. Needs ``own_system``.
    ``alarms``: the SUT runs the home alarm service, with Kyoto's stations and ward offices.
    ``silent_is_disaster``: by the rule of ``home`` a silent caller counts as a disaster.
    """

    sibling: bool = False
    peer: bool = False
    unadopted: bool = False
    partner: bool = False
    own_system: bool = False
    alone: bool = False
    once: bool = False
    phones: bool = False
    wrong_certificates: bool = False
    live: bool = False
    browser: bool = False
    modern_tls_in_days: int = 0
    profile: str = ""
    starts_in_days: int = 0
    ends_in_days: int = 0
    capacity: tuple[Part, ...] = ()
    crowd: bool = False
    call_limit: bool = False
    alarms: bool = False
    silent_is_disaster: bool = False
