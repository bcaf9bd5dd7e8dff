"""A provider's service: calls, registrations, accounts and messages over one database."""
