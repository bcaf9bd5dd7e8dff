"""Alarms in drills: what people did at the alarm desk, and what the record keeps of it."""
