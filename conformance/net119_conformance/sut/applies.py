"""Which purposes apply to a system, by what its profile claims; the reasons name the line.

What is left out here is NOT_APPLICABLE. A verb that the driver of a claimed role lacks is not
looked at here: it makes a purpose INCONCLUSIVE when the purpose asks for it.
"""

from collections.abc import Iterator

from net119_conformance.catalogue import Role, Side, Text
from net119_conformance.claims.needs import Probes
from net119_conformance.purpose import Purpose
from net119_conformance.sut.options import Option
from net119_conformance.sut.profile import SutProfile
from net119_conformance.world.load_settings import not_claimed
from net119_conformance.world.needs import Needs

BY_ID = {
    "CALLBACK-": (Option.CALLBACK,),
    "CONSOLE-CALLBACK": (Option.CALLBACK,),
    "CONSOLE-TRANSFER": (Option.TRANSFERS,),
    "CROSSED-AT-OWNER": (Option.TRANSFERS,),
    "CROSSED-BOTH-ASK": (Option.TRANSFERS,),
    "CROSSED-CALLBACK": (Option.CALLBACK,),
    "CROSSED-CLOSE": (Option.TRANSFERS,),
    "DISCREPANCY-": (Option.TRANSFERS,),
    "MINOR-OLDER-PEER": (Option.TRANSFERS, Option.CALLBACK),
    "TRANSFER-": (Option.TRANSFERS,),
}
"""Options that purposes judge or make use of, by how their IDs begin."""


def needs_of(purpose: Purpose) -> Needs:
    """What a purpose needs."""
    return purpose.needs if isinstance(purpose.needs, Needs) else Needs()


def missing_claim(purpose: Purpose, profile: SutProfile) -> Text | None:
    """Why the purpose does not apply, with the line of the profile; None if it does."""
    return next(_missing(purpose, needs_of(purpose), profile), None)


def _missing(purpose: Purpose, needs: Needs, profile: SutProfile) -> Iterator[Text]:
    claims = profile.claims
    if isinstance(needs, Probes):
        yield from _no_probe(needs, profile)
    for role in _roles(purpose, needs):
        if role not in claims.roles:
            yield _line(f"roles does not claim {role.value!r}", f"roles に {role.value!r} が")
    for option in _options(purpose, needs):
        if option not in claims.options:
            yield _line(f"options does not claim {option.value!r}", f"options に {option!r} が")
    if needs.profile and needs.profile not in claims.department_profiles:
        yield _line(
            f"department_profiles does not name {needs.profile!r}",
            f"department_profiles に {needs.profile!r} が",
        )
    if needs.peer and profile.addresses.stomp is None:
        yield Text(
            en="the profile names no addresses.stomp, so there is no interface between providers",
            ja="プロファイルに addresses.stomp がなく、事業者間の接点がありません",
        )
    for part in not_claimed(needs, profile.capacity):
        yield Text(
            en=f'the profile says: capacity.{part.value} = "none"',
            ja=f'プロファイルの capacity.{part.value} が "none" です',
        )
    if needs.partner:
        yield Text(
            en="the run has no second real provider: net119 interop judges the system together "
            "with others (PAIR-ROUTE, PAIR-CHAT; docs/interop.md)",
            ja="相手となる実際の事業者がありません。ほかのシステムとの接続は net119 interop で判定"
            "します（PAIR-ROUTE、PAIR-CHAT。docs/interop.ja.md）",
        )
    if needs.starts_in_days or needs.ends_in_days or needs.modern_tls_in_days:
        yield Text(
            en="the system would have to be started with a dated setting of this purpose alone, "
            "which the suite does only with providers that it starts itself",
            ja="この試験だけの日付つき設定で起動する必要があり、試験側が自分で起動した事業者で"
            "だけ判定します",
        )
    if needs.own_system and not claims.exclusive:
        yield Text(
            en="the profile says: claims.exclusive = false, so the system is not killed, restarted "
            "or brought to its limits",
            ja="プロファイルの claims.exclusive が false のため、停止・再起動や限界までの負荷を"
            "伴う試験は行いません",
        )


def _line(en: str, ja: str) -> Text:
    return Text(en=f"the profile: claims.{en}", ja=f"プロファイルの claims.{ja}ありません")


def _no_probe(needs: Probes, profile: SutProfile) -> Iterator[Text]:
    claims, absent = profile.claims, needs.absent
    if absent in claims.roles or absent in claims.options:
        yield Text(
            en=f"the profile claims {absent.value!r}, so it is judged and not probed",
            ja=f"{absent.value!r} は申告されているため、有無を確かめるのでなく判定します",
        )


def _roles(purpose: Purpose, needs: Needs) -> tuple[Role, ...]:
    """The roles that a purpose judges; what is asked of both sides needs those it touches."""
    if isinstance(needs, Probes):
        return () if needs.claimed is None else (needs.claimed,)
    if purpose.role is not Role.BOTH:
        return (purpose.role,)
    if Side.PROVIDER not in purpose.interfaces:
        return (Role.HOME,)
    return (Role.HOME, Role.RECEIVING)


def _options(purpose: Purpose, needs: Needs) -> Iterator[Option]:
    for beginning, options in BY_ID.items():
        if purpose.id.startswith(beginning):
            yield from options
    if needs.phones:
        yield Option.OLD_PHONES
    if needs.wrong_certificates:
        yield Option.CLIENT_CERTIFICATES
    if needs.live:
        yield Option.LIVE
    if needs.silent_is_disaster:
        yield Option.SILENT_DISASTER
