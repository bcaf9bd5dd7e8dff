"""A profile is read whole, and everything that is wrong with it is said at once."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from net119_conformance.catalogue import Role
from net119_conformance.drivers.api import ApiDriver
from net119_conformance.drivers.interface import Verb
from net119_conformance.errors import ConformanceError
from net119_conformance.evidence import EvidenceLog
from net119_conformance.sut.drivers import make_driver
from net119_conformance.sut.kinds import DriverKind, Site
from net119_conformance.sut.profile import NO_CAPACITY, SutProfile
from net119_conformance.sut.reading import ProfileError, read_profile
from net119_simulators.network.authority import Authority
from net119_simulators.wiretap import Wiretap

GOOD = """
[sut]
key = "acme"
name = "髙橋𠮷製NET119①"
vendor = "Acme"
version = "1.0"

[claims]
roles = ["home", "receiving"]
options = ["transfers"]

[addresses]
base_url = "https://127.0.0.2:8443/"
stomp = "127.0.0.2:61614"

[timers]
silent_s = 90

[driver]
kind = "api"
admin_token = "secret"
verbs = ["handset", "console", "health"]
"""


def read(folder: Path, text: str) -> SutProfile:
    file = folder / "sut.toml"
    file.write_text(text, "utf-8")
    return read_profile(file)


def test_a_profile_says_what_is_claimed_and_the_rest_has_the_published_defaults(
    tmp_path: Path,
) -> None:
    profile = read(tmp_path, GOOD)
    assert (profile.sut.name, profile.sut.code) == ("髙橋𠮷製NET119①", "acme")
    assert profile.addresses.base_url == "https://127.0.0.2:8443"
    assert [profile.claims_role(role) for role in (Role.HOME, Role.BOTH, Role.ALARM)] == [
        True,
        True,
        False,
    ]
    timers = profile.timers.timers()
    assert (timers.silent_s, timers.t2_s, timers.offer_attempts) == (90, 60, 2)
    assert (profile.capacity, profile.claims_capacity) == (NO_CAPACITY, False)
    assert profile.path(Path("ca.pem")) == tmp_path / "ca.pem"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([("key =", "kee =")], ["sut.key: it is missing -> ", "sut.kee: there is no such key -> "]),
        ([('"home", ', '"home", "sender", ')], ["claims.roles.1: ", "claim some of home, "]),
        ([('["home", "receiving"]', "[]")], ["claims.roles: "]),
        (
            [('"transfers"', '"transfer"')],
            ["claims.options.0: ", "use some of client-certificates"],
        ),
        ([('"transfers"', '"old-phones"')], ["addresses.plaintext_url: the option old-phones"]),
        ([("https:", "http:")], ["addresses.base_url: 'http://127.0.0.2:8443/' is no URL"]),
        ([("127.0.0.2:61614", "127.0.0.2")], ["addresses.stomp: '127.0.0.2' is not HOST:PORT"]),
        ([("stomp =", 'peers = "127.20.0.0/31"\nstomp =')], ["addresses.peers: 127.20.0.0/31 has"]),
        (
            [("base_url", "# base_url"), ("stomp =", "# stomp =")],
            ["2 things are wrong", "addresses.stomp: the roles", "addresses.base_url: the driver"],
        ),
        (
            [("https://127.0.0.2", "https://net119.example"), ("127.0.0.2:6", "192.0.2.1:6")],
            [
                "addresses.base_url: net119.example is no loopback address",
                'test_systems = ["192.0.2.1"]',
            ],
        ),
        (
            [("stomp =", 'test_systems = ["192.0.2.1"]\nstomp ='), ("127.0.0.2:6", "192.0.2.1:6")]
            + [('"transfers"', '"live"')],
            ["claims.options: calls in mode live are never sent to 192.0.2.1"],
        ),
        ([("silent_s = 90", "silent_s = 0")], ["timers.silent_s: "]),
        ([('"api"', '"apy"')], ["driver.kind: there is no driver 'apy' -> use one of api"]),
        ([('"api"', '"nothing.here:at_all"')], ["driver.kind: 'nothing.here:at_all' cannot be"]),
        ([('"secret"', '"secret"\nadmin_tokens = 3')], ["driver.admin_tokens: there is no such"]),
        ([("admin_token =", "admin_token_env =")], ["driver.admin_token_env: the environment has"]),
        ([('admin_token = "secret"', "")], ["driver: give either admin_token or admin_token_env"]),
        (
            [('"health"', '"health", "crash"')],
            ["driver.verbs: a driver of kind api never has crash"],
        ),
        ([("[sut]", 'mapping = "ts"\n[sut]')], ["mapping: "]),
        ([("[sut]", "[sut")], ["cannot be read"]),
        (
            [("options =", 'department_profiles = ["asso"]\noptions =')],
            ["no department profile 'as"],
        ),
        ([("stomp =", 'ca_file = "no.pem"\nstomp =')], ["addresses.ca_file: there is no file"]),
        ([("stomp =", 'mail_in = "127.0.0.2:25"\nstomp =')], ["addresses.mail_out: mail needs"]),
    ],
)
def test_everything_that_is_wrong_is_named_with_what_to_write(
    changes: Sequence[tuple[str, str]], said: Sequence[str], tmp_path: Path
) -> None:
    text = GOOD
    for was, becomes in changes:
        assert was in text
        text = text.replace(was, becomes, 1)
    with pytest.raises(ConformanceError) as caught:
        read(tmp_path, text)
    for each in said:
        assert each in str(caught.value)


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(
        ConformanceError, match=r"sut\.toml: the profile cannot be read: No such file"
    ):
        read_profile(tmp_path / "sut.toml")


def site(profile: SutProfile, folder: Path) -> Site:
    ca_file = Authority(folder / "ca").ca_file
    return Site(profile, ca_file, (ca_file,))


def test_a_driver_claims_what_its_kind_can_less_what_the_profile_leaves_out(tmp_path: Path) -> None:
    profile = read(tmp_path, GOOD)
    with EvidenceLog(tmp_path / "evidence.jsonl") as wiretap:
        driver = make_driver(site(profile, tmp_path), wiretap)
    assert (driver.name, driver.verbs) == (
        "api",
        frozenset({Verb.HANDSET, Verb.CONSOLE, Verb.HEALTH}),
    )


def test_a_dispatcher_waits_for_an_answer_as_long_as_offers_last(tmp_path: Path) -> None:
    waits = []
    for t1_s in ("1", "30"):
        profile = read(tmp_path, GOOD.replace("silent_s = 90", f"t1_s = {t1_s}"))
        with EvidenceLog(tmp_path / "evidence.jsonl") as wiretap:
            driver = make_driver(site(profile, tmp_path), wiretap)
        assert isinstance(driver, ApiDriver)
        waits.append(driver.answers_s)
    # Two offers of 30 s, and the patience besides.
    assert waits == [10, 68]


class Toy:
    """A driver of somebody else."""

    def __init__(self, site: Site, settings: dict[str, object], _wiretap: Wiretap) -> None:
        self.name = f"{site.profile.sut.key} {settings['colour']}"
        self.verbs = frozenset({Verb.HANDSET, Verb.CRASH})


TOY = DriverKind(Toy)  # type: ignore[arg-type]  # it has none of the methods


@pytest.mark.parametrize("name", ["Toy", "TOY"])
def test_an_object_by_its_path_makes_drivers_with_settings_of_its_own(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    text = GOOD.split("[driver]")[0] + f'[driver]\nkind = "test_profile:{name}"\ncolour = "青"\n'
    profile = read(tmp_path, text)
    with EvidenceLog(tmp_path / "evidence.jsonl") as wiretap:
        driver = make_driver(site(profile, tmp_path), wiretap)
    assert (driver.name, driver.verbs) == ("acme 青", frozenset({Verb.HANDSET, Verb.CRASH}))


def test_profile_errors_carry_each_problem(tmp_path: Path) -> None:
    with pytest.raises(ProfileError) as caught:
        read(tmp_path, "[claims]\nroles = []\n")
    paths = [problem.path for problem in caught.value.problems]
    assert paths == ["sut", "claims.roles", "driver"]
    assert all(problem.remedy for problem in caught.value.problems)
