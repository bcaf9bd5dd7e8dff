"""Scenarios in files: the language, its library, and how a scenario is acted out and judged."""
