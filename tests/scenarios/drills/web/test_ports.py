"""Where people find what they open."""

import pytest
from net119_scenarios.drills.web.log_ins import new_password
from net119_scenarios.drills.web.ports import Ports, local_url


def test_every_page_has_a_port_of_its_own() -> None:
    ports = Ports.of(8119, ["aoba", "midori", "aoba", "akane"])
    found = [ports.start, *(ports.of_provider(each) for each in ports.providers), ports.mailboxes]
    assert found == list(ports.all) == [8119, 8120, 8121, 8122, 8123]
    with pytest.raises(ValueError, match="not in"):
        ports.of_provider("nobody")


@pytest.mark.parametrize("start", [0, -1, 65533, 70000])
def test_ports_that_do_not_exist_are_refused(start: int) -> None:
    with pytest.raises(ValueError, match="no ports"):
        Ports.of(start, ["aoba", "midori"])


def test_desks_have_names_of_their_own_at_this_machine() -> None:
    assert local_url(8120) == "http://localhost:8120"
    assert local_url(8120, "chita-1") == "http://chita-1.localhost:8120"


def test_a_password_can_be_typed_from_a_sheet() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) > 190
    assert all(len(each) == 9 and each[4] == "-" for each in made)
    assert all(each.replace("-", "").isdecimal() for each in made)
