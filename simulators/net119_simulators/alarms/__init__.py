"""The home alarm service: units, people beside them, neighbour helpers, ward offices, and staff.

They know an alarm center by its addresses only: interface H, the alarm desk, the register.
"""

from net119_simulators.alarms.center import AlarmCenter, kyoto_spec, make_user
from net119_simulators.alarms.desk import AlarmDesk
from net119_simulators.alarms.neighbours import Neighbour, Neighbourhood
from net119_simulators.alarms.register import RegisterOffice
from net119_simulators.alarms.residents import (
    Absent,
    Answering,
    Resident,
    mistaken,
    unclear,
)
from net119_simulators.alarms.unit import AlarmUnit, Clock
from net119_simulators.alarms.ward_office import SimulatedWardOffice

__all__ = [
    "Absent",
    "AlarmCenter",
    "AlarmDesk",
    "AlarmUnit",
    "Answering",
    "Clock",
    "Neighbour",
    "Neighbourhood",
    "RegisterOffice",
    "Resident",
    "SimulatedWardOffice",
    "kyoto_spec",
    "make_user",
    "mistaken",
    "unclear",
]
