"""Mail both ways: what persons send us, what we send them, and what comes back."""
