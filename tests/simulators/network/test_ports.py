import socket

import pytest
from net119_simulators.network import FreePorts, NoFreePort


def test_ports_differ_and_can_be_listened_on() -> None:
    ports, others = FreePorts(), FreePorts()
    try:
        taken = [ports.take("127.0.0.1") for _ in range(20)]
        taken += [others.take("127.0.0.1") for _ in range(20)]
        assert len(set(taken)) == 40
        with socket.create_server(("127.0.0.1", taken[0])) as server:
            assert server.getsockname()[1] == taken[0]
    finally:
        ports.close()
        others.close()


def test_an_address_of_another_machine_is_refused() -> None:
    ports = FreePorts()
    try:
        with pytest.raises(NoFreePort, match=r"192\.0\.2\.1"):
            ports.take("192.0.2.1")
    finally:
        ports.close()
