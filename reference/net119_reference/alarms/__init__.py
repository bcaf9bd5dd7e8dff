"""The home alarm service's own domain: pure functions that take the moment as an argument.

Nothing here knows a socket, a clock or a database.
"""
