"""Drivers: how the suite operates a system under test."""
