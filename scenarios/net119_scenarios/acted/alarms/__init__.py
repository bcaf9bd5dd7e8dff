"""The home alarm service in scenarios: who takes part, what they do, and what must hold."""
