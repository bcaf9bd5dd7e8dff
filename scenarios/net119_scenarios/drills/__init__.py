"""Drills that departments rehearse: run, record, and after-action report."""
