"""Locust users, load shapes and thresholds."""
