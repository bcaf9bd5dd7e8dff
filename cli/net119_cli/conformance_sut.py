"""What is judged: providers that the run starts, or the system of a profile (``--sut``)."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from net119_cli.errors import UserError
from net119_cli.language import current_language, text

if TYPE_CHECKING:
    from net119_conformance.environment import Environment
    from net119_conformance.manual.hosting import People
    from rich.console import Console


def people_at(console: "Console") -> "People":
    """How a person who operates the system is told what to do: here, and typing where one can."""
    from net119_conformance.manual.hosting import People

    def tell(words: str) -> None:
        console.print(words, markup=False, highlight=False, soft_wrap=True)

    typing = console.is_terminal and sys.stdin.isatty()
    source = sys.stdin.fileno() if typing else None
    return People(tell=tell, lang=current_language().value, source=source)


def by_hand(sut: Path | None) -> bool:
    """Whether a person operates the system of a profile.

    Raises:
        ConformanceError: the file is wrong.
    """
    from net119_conformance.sut.manual_kind import NAME
    from net119_conformance.sut.reading import read_profile, read_toml

    if sut is None or set(read_toml(sut)) == {"capacity"}:
        return False
    return read_profile(sut).driver.kind == NAME


def chosen_environment(
    sut: Path | None,
    only: tuple[str, ...],
    interfaces: str,
    *,
    image: str,
    out: Path,
    driver: str,
    mapping: str,
    require_browser: bool,
    people: "People | None" = None,
) -> "tuple[Environment, tuple[str, ...], str]":
    """The environment, the modules whose purposes are judged in it, and the catalogue version that
    the system claims ("" for that of the suite).

    A file with a table ``[sut]`` describes a system that runs already. One with nothing but
    ``[capacity]`` says what is claimed for the reference providers that are started.

    Raises:
        UserError: options contradict the profile.
        ConformanceError: the file is wrong.
    """
    from net119_conformance import runner
    from net119_conformance.capacity import REFERENCE, read_capacity
    from net119_conformance.drivers.names import DriverName
    from net119_conformance.sut.reading import read_profile, read_toml
    from net119_conformance.world import environment
    from net119_conformance.world.standing import StandingEnvironment

    if image:
        if sut is not None:
            raise UserError(
                text(
                    ja="--image と --sut は一緒に指定できません",
                    en="--image and --sut exclude each other",
                ),
                f"--image {image} --sut {sut}",
                text(
                    ja="イメージのプロファイルはイメージの中にあります (docs/containers.ja.md)",
                    en="The profile of an image is in the image (docs/containers.md)",
                ),
            )
        _profile_says(image, driver, mapping)
        modules = runner.modules_of(profile=True)
        from net119_conformance.containers.environment import ContainerEnvironment

        chosen = runner.selected_purposes(only, interfaces, modules)
        contained = ContainerEnvironment(
            image, chosen, out.absolute(), require_browser=require_browser
        )
        return contained, modules, contained.profile.sut.catalogue
    if sut is not None and set(read_toml(sut)) != {"capacity"}:
        modules = runner.modules_of(profile=True)
        profile = read_profile(sut)
        _profile_says(str(sut), driver, mapping)
        purposes = runner.selected_purposes(only, interfaces, modules)
        made = StandingEnvironment(
            profile, sut, purposes, require_browser=require_browser, people=people
        )
        return made, modules, profile.sut.catalogue
    return (
        environment(
            runner.selected_purposes(only, interfaces),
            DriverName(driver),
            mapping=mapping,
            require_browser=require_browser,
            capacity=REFERENCE if sut is None else read_capacity(sut),
        ),
        runner.modules_of(profile=False),
        "",
    )


def _profile_says(where: str, driver: str, mapping: str) -> None:
    for option, given, default in (
        ("--driver", driver, "api"),
        ("--mapping", mapping, "profile"),
    ):
        if given != default:
            raise UserError(
                text(
                    ja=f"{option} は、プロファイルの試験対象には指定できません",
                    en=f"{option} is said by the profile of the system",
                ),
                f"{option} {given}",
                text(
                    ja=f"{where} のプロファイルに書いてください (docs/sut-profile.ja.md)",
                    en=f"Write it into the profile of {where} (docs/sut-profile.md)",
                ),
            )
