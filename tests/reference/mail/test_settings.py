"""The settings of mail, and what is wrong with them."""

import pytest
from net119_reference.config import Config
from net119_reference.config.checks import check
from net119_reference.config.model import MailSettings, TestSystems
from pydantic import ValidationError


def test_mail_elsewhere_needs_a_declaration() -> None:
    mail = MailSettings(enabled=True, relay_host="192.0.2.1")
    found = {finding.key for finding in check(Config(operator="aoba", mail=mail))}
    assert "mail.relay_host" in found
    assert "mail.host" not in found
    declared = TestSystems(declared=True, hosts=("192.0.2.1",))
    config = Config(operator="aoba", mail=mail, test_systems=declared)
    assert "mail.relay_host" not in {finding.key for finding in check(config)}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"retry_s": 10.0, "retry_max_s": 5.0}, "mail.retry_max_s"),
        ({"give_up_s": 60.0}, "mail.give_up_s"),
        ({"relay_port": 0}, "relay_port"),
        ({"public_url": "net119.example"}, "web address"),
        ({"relay_host": "mail.example"}, "IP address"),
    ],
)
def test_mistakes_are_named(given: dict[str, object], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        MailSettings.model_validate(given)


def test_links_begin_without_a_trailing_slash() -> None:
    assert MailSettings(public_url="https://a.example/").public_url == "https://a.example"
