"""A provider's service: calls, registrants, accounts and messages over one database."""

from net119_reference.service.provider import Provider, build_service

__all__ = ["Provider", "build_service"]
