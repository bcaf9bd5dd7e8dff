"""What workers are told of a system that somebody else started."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from net119_conformance.catalogue import Text
from net119_conformance.sut.kinds import Site
from net119_conformance.sut.profile import SutProfile, split_place
from net119_conformance.world.mail import Mail, MailDescription
from net119_conformance.world.prepared import read_folder


class StandingDescription(BaseModel):
    """The profile's file, and what this run started.

    ``run``: different in each run, so that people of an earlier one are not registered again.
    ``not_set_up``: why the system could not be prepared; None if it was. ``browser_lacks``: why
    there is no browser although there had to be one.
    """

    model_config = ConfigDict(frozen=True)

    profile: Path
    run: str
    mail: MailDescription | None = None
    chromium: str = ""
    not_set_up: Text | None = None
    browser_lacks: Text | None = None
    desk: str = ""
    """URL at which a person is asked, with its secret; empty where nobody is."""


def site_of(profile: SutProfile, mail: MailDescription | None) -> Site:
    """What drivers are told: the profile, who signs for the system, and people's mail."""
    folder = read_folder(profile)
    own = profile.addresses.ca_file
    ca_file = profile.path(own) if own is not None else folder / "ca" / "ca.pem"
    rsa = folder / "ca-rsa" / "ca.pem"
    authorities = (ca_file, rsa) if rsa.exists() else (ca_file,)
    people = None
    if mail is not None and profile.addresses.mail_in is not None:
        host, port = split_place(profile.addresses.mail_in)
        people = Mail(mail, host, profile.sut.code, port)
    return Site(profile, ca_file, authorities, people)
