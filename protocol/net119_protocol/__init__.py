"""The contract every other part shares: STOMP frames, messages, API models, directory, codes."""

__version__ = "0.1.0"
