"""The reference provider: a complete NET119 system, built on the protocol package alone."""
