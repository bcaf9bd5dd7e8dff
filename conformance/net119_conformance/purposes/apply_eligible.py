"""Who may register with a department that takes applications by mail and web."""

from collections.abc import Callable
from dataclasses import dataclass

from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application, Basis

from net119_conformance.catalogue import Role
from net119_conformance.newcomer import Newcomer, changed, listed
from net119_conformance.purpose import purpose
from net119_conformance.purposes.apply_form import names
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


@dataclass(frozen=True)
class Claims:
    """Applications that differ in what ties their person to the area."""

    lives: Application
    works: Application
    studies: Application
    lives_elsewhere: Application
    works_elsewhere: Application
    asks: Application
    """Nothing of the three: asks for the department's own decision."""


async def _claims(w: World, person: Newcomer) -> Claims:
    whole = person.application
    elsewhere = changed(whole, address=w.person(w.ground("sibling")).address)

    def tied(basis: Basis, municipality: str) -> Application:
        return elsewhere.model_copy(
            update={"basis": basis, "basis_municipality": municipality, "certificate": True}
        )

    home, other = w.home.municipality, w.ground("sibling").municipality
    return Claims(
        lives=whole,
        works=tied(Basis.WORKS, home),
        studies=tied(Basis.STUDIES, home),
        lives_elsewhere=elsewhere,
        works_elsewhere=tied(Basis.WORKS, other),
        asks=tied(Basis.ACCEPTED, "").model_copy(update={"certificate": None}),
    )


async def _begun(w: World, name: str = "1") -> tuple[Newcomer, Claims]:
    person = Newcomer(w, name)
    await person.begin()
    await person.agree()
    return person, await _claims(w, person)


class _Admission:
    """People who may apply; each of them hands an application of their own in."""

    def __init__(self, t: Trial, w: World) -> None:
        self._t, self._w, self._people = t, w, 1

    async def of(self, what: str, ja: str, claimed: Callable[[Claims], Application]) -> None:
        """The form has nothing against this person, and the department gets the application."""
        self._people += 1
        person, claims = await _begun(self._w, str(self._people))
        hand = await person.hand()
        wrong = (*await hand.fill(claimed(claims)), *await hand.submit())
        self._t.check(
            f"a person who {what} may apply",
            not wrong,
            expected="no problem, filled in and handed in",
            seen=listed(wrong),
            ja=f"{ja}人は申請できる",
        )
        rows = await (await self._w.staff()).rows(query=person.mail)
        states = [row.state for row in rows if row.mail == person.mail]
        self._t.check(
            f"the application of a person who {what} waits for review",
            states == [RegistrationState.APPLIED],
            expected="one application, applied",
            seen=[state.value for state in states] or "no application",
            ja=f"{ja}人の申請が、審査を待っている",
        )


async def _turned_away(
    t: Trial, person: Newcomer, what: str, ja: str, application: Application, *paths: str
) -> None:
    """The form says why this person cannot register, and does not take the application."""
    hand = await person.hand()
    told, handed_in = await hand.fill(application), await hand.submit()
    t.check(
        f"a person who {what} is turned away",
        any(names(told, path) for path in paths) and bool(handed_in),
        expected=f"a problem at {' or '.join(paths)}, and a refusal when handed in",
        seen=f"{listed(told)}, then {listed(handed_in)}",
        ja=f"{ja}人は断られる",
    )


def _saying(application: Application, certificate: bool) -> Application:
    return application.model_copy(update={"certificate": certificate})


_AREA = ("data.address", "basis_municipality", "basis")
_WHY_JA = "対象でない人を登録すると、その人の住む地域の消防本部が知らないまま、通報が届かない。"
_WHY_EN = "A person registered where nobody is responsible for them is unknown to those who are."


@purpose(
    id="ELIGIBLE-TOMAKOMAI",
    requirements=("TOM-02",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai", sibling=True),
    timeout_s=60.0,
    title_ja="市内に住むか通勤・通学し、文字でやりとりできる人が申請できる",
    title_en="Who lives, works or studies in the city and can write may apply",
    stimulus_ja="市内に住む人、通勤する人、通学する人、市外に住む人、市外に通勤する人、"
    "文字でやりとりできない人として順に申請する。",
    stimulus_en="Applications as a resident, a commuter, a student, a person living elsewhere, one "
    "working elsewhere, and one who cannot communicate in writing.",
    expected_ja="はじめの三人の申請は受け付けられて審査を待ち、あとの三人は理由を示して断られる。",
    expected_en="The applications of the first three are taken and wait for review; the other "
    "three are told why not.",
    why_ja=_WHY_JA,
    why_en=_WHY_EN,
)
async def tomakomai(t: Trial, w: World) -> None:
    person, claim = await _begun(w)
    unable = claim.lives.model_copy(update={"text_capable": False})
    await _turned_away(t, person, "cannot write", "文字でやりとりできない", unable, "text_capable")
    away = (t, person)
    await _turned_away(*away, "lives elsewhere", "市外に住む", claim.lives_elsewhere, *_AREA)
    await _turned_away(*away, "works elsewhere", "市外で働く", claim.works_elsewhere, *_AREA)
    may = _Admission(t, w)
    await may.of("lives there", "市内に住む", lambda claim: claim.lives)
    await may.of("works there", "市内で働く", lambda claim: claim.works)
    await may.of("studies there", "市内の学校に通う", lambda claim: claim.studies)


@purpose(
    id="ELIGIBLE-CHITOSE",
    requirements=("CTS-05",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="chitose", sibling=True),
    timeout_s=60.0,
    title_ja="地域との関わりと障害の両方があれば、手帳がなくても申請できる",
    title_en="Both a tie to the city and a disability are asked; no certificate is needed",
    stimulus_ja="手帳のある人、ない人、あるかどうかを言わない人、市外に住む人、市内に通勤・通学する人として"
    "順に申請する。",
    stimulus_en="Applications of holders of a certificate, of people without one, of one who does "
    "not say, of a person living elsewhere, and of a commuter and a student.",
    expected_ja="手帳の有無を言わない人と市外に住む人は断られる。ほかの人の申請は受け付け"
    "られ、手帳がなくても、消防署の判断のために審査を待つ。",
    expected_en="Who does not say and who lives elsewhere are turned away; the applications of the "
    "others are taken, and without a certificate, too, wait for the department's decision.",
    why_ja=_WHY_JA,
    why_en=_WHY_EN,
)
async def chitose(t: Trial, w: World) -> None:
    person, claim = await _begun(w)
    away = (t, person)
    silent = claim.lives.model_copy(update={"certificate": None})
    await _turned_away(
        *away, "says nothing of a certificate", "手帳の有無を言わない", silent, "certificate"
    )
    await _turned_away(*away, "lives elsewhere", "市外に住む", claim.lives_elsewhere, *_AREA)
    may = _Admission(t, w)
    await may.of("has no certificate", "手帳のない", lambda claim: _saying(claim.lives, False))
    await may.of("holds a certificate", "手帳のある", lambda claim: _saying(claim.lives, True))
    await may.of("works there", "市内で働く", lambda claim: claim.works)
    await may.of("studies there", "市内の学校に通う", lambda claim: claim.studies)


@purpose(
    id="ELIGIBLE-ASO",
    requirements=("ASO-01",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso", sibling=True),
    timeout_s=60.0,
    title_ja="管内に住むか通勤・通学する人と、消防長が認める人が申請できる",
    title_en="Who lives, works or studies in the area may apply, and who asks the fire chief",
    stimulus_ja="管内に住む人、通勤する人、通学する人、管外に住む人、管外に通勤する人、"
    "消防長の判断を求める人として順に申請する。",
    stimulus_en="Applications as a resident, a commuter, a student, a person living elsewhere, one "
    "working elsewhere, and one who asks to be accepted by the fire chief.",
    expected_ja="管外に住む人と管外に通勤する人だけが断られ、ほかの人の申請は受け付けられて審査を待つ。",
    expected_en="Only those who live and who work elsewhere are turned away; the applications of "
    "the others are taken and wait for review.",
    why_ja=_WHY_JA,
    why_en=_WHY_EN,
)
async def aso(t: Trial, w: World) -> None:
    person, claim = await _begun(w)
    away = (t, person)
    await _turned_away(*away, "lives elsewhere", "管外に住む", claim.lives_elsewhere, *_AREA)
    await _turned_away(*away, "works elsewhere", "管外で働く", claim.works_elsewhere, *_AREA)
    may = _Admission(t, w)
    await may.of("lives there", "管内に住む", lambda claim: claim.lives)
    await may.of("works there", "管内で働く", lambda claim: claim.works)
    await may.of("studies there", "管内の学校に通う", lambda claim: claim.studies)
    await may.of("asks the fire chief", "消防長の判断を求める", lambda claim: claim.asks)
