"""Probes of what a profile claims not to be there; judged only where there is a profile."""
