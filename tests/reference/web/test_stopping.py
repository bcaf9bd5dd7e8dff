"""Stopping the server while clients are connected."""

import logging

import pytest

from tests.reference.web.live_server import LiveServer


def test_a_client_with_an_idle_connection_does_not_hold_up_the_stop(
    server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    # The client keeps its connection and does not look at it, so the end of TLS is not answered.
    with caplog.at_level(logging.ERROR, "uvicorn.error"), server.http() as client:
        assert client.get("/health").status_code == 200
        server.stop()
    assert not [entry.getMessage() for entry in caplog.records]
