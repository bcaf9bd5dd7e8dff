"""The HTTP and WebSocket shell: translates between the wire and :class:`ProviderService`."""

from net119_reference.web.application import create_app

__all__ = ["create_app"]
