"""Requirement catalogue, test purposes, drivers, verdicts, evidence and reports."""
