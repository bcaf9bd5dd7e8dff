"""Simulated people, handsets, dispatchers and peer providers, driven by plain async verbs."""
