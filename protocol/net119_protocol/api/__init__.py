"""Models of interfaces A and C and of a provider's operation, and the table of operations."""
