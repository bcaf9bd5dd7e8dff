"""Handsets as they are in the field: what each can do as data, and phones that behave so."""

from net119_simulators.handsets.load import find_handset, load_handsets
from net119_simulators.handsets.model import Family, Handset
from net119_simulators.handsets.steps import Expected, Outcome, Policy, Reason, Step

__all__ = [
    "Expected",
    "Family",
    "Handset",
    "Outcome",
    "Policy",
    "Reason",
    "Step",
    "find_handset",
    "load_handsets",
]
