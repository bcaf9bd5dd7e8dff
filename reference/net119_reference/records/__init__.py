"""Time and records: when data are due for a reminder, an end, or destruction (pure rules)."""
