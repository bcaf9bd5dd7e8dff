"""The sides, as the tables of bad partners name them."""

from net119_conformance.interop.blame import Side

A, B = Side.ORIGINATING, Side.RECEIVING
"""Who originates the call, and who receives it."""
