"""A system under test that somebody else runs: its profile, and the drivers that operate it."""
