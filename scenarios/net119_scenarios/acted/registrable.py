"""Whether a caller's mail address is one that the home department takes and another does not."""

from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.mail_address import address_problem

from net119_scenarios.acted import musts
from net119_scenarios.acted.always import Held
from net119_scenarios.acted.troupe import Person
from net119_scenarios.words import Words


def address_differs(person: Person, must: musts.AddressDiffers) -> Held:
    """By the rules of the departments' profiles, which forms and mail of applicants follow."""
    profiles, mail = load_profiles(), person.data.mail
    home = address_problem(profiles[person.actor.home].mail.rule, mail)
    there = address_problem(profiles[must.department].mail.rule, mail)
    ja = [f"登録地では{_ja(home)}", f"そちらでは{_ja(there)}"]
    en = [f"at home {_en(home)}", f"there {_en(there)}"]
    return Held(
        home is None and there is not None,
        Words(f"{mail}: {'、'.join(ja)}", f"{mail}: {', '.join(en)}"),
    )


def _ja(problem: object) -> str:
    return "認められる" if problem is None else f"認められない（{problem}）"


def _en(problem: object) -> str:
    return "allowed" if problem is None else f"not allowed ({problem})"
