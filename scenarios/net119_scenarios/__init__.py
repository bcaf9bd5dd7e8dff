"""Courses of events that simulators act out: who is where, who does what, and what must hold.

One scenario exists so far, a single call (`one_call`). What a longer one needs as well stands apart
from it: the `stage` with its providers and consoles, the happenings seen on it, and the narrator.
"""
