"""Whether systems work together: every ordered pair of several, and which side is at fault."""
