"""The fixed texts that the machine tells callers and dispatchers, in Japanese and English.

A caller who is refused is told in the same breath what to do instead (CNB-38, gap D8): advice
that needs a voice always comes with one that does not.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from net119_protocol.api.common import Notice, NoticeCode
from net119_protocol.codes import Mode
from net119_protocol.directory.model import JAPAN
from net119_protocol.labels import Language, label
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.notice_texts import (
    FOR_CALLER,
    FOR_DISPATCHER,
    NOT_LIVE_FOR_CALLER,
    NOT_LIVE_FOR_DISPATCHER,
    PARAMETERS,
    Template,
)
from net119_protocol.person import DepartmentRef
from net119_protocol.refusal_texts import OTHER_MEANS_EN, OTHER_MEANS_JA, REFUSALS


class Audience(StrEnum):
    """Who reads a notice."""

    CALLER = "caller"
    DISPATCHER = "dispatcher"


class RefusalTexts(NamedTuple):
    """What a page shows when something is refused: what happened, and what else to do."""

    message_ja: str
    message_en: str
    other_means_ja: str
    other_means_en: str


_AWAY = frozenset({NoticeCode.HOME_DIFFERS, NoticeCode.PLACE_DIFFERS})


def notice(
    code: NoticeCode,
    *,
    phone_to: Sequence[DepartmentRef] = (),
    audience: Audience = Audience.CALLER,
    mode: Mode = Mode.LIVE,
    moment: datetime | None = None,
    rule_of: DepartmentRef | None = None,
    **params: str,
) -> Notice:
    """A notice with its texts.

    ``phone_to`` are the departments the notice is about: for a dispatcher those to phone, with
    their numbers in the text; for a caller they are named without a number.  In a ``mode`` other
    than live no text tells the caller to call in another way (CTS-11, I5).  ``moment`` is when the
    told state ends or begins; it is shown in Japan's time.  ``rule_of`` is the department whose
    rule a notice tells.  ``params`` fill
    further blanks: ``characters`` in ``emoji-replaced``, the others have none; a blank not
    filled is left out of the sentence.

    Raises:
        TypeError: a parameter that the notice does not have.
        KeyError: the notice is not for this audience (``DISPATCHER_ONLY``).
    """
    unknown = set(params) - PARAMETERS.get(code, frozenset())
    if unknown:
        raise TypeError(f"notice {code.value} has no parameter {', '.join(sorted(unknown))}")
    template = _template(code, audience, mode)
    with_phone = audience is Audience.DISPATCHER
    more_ja, more_en = _times(moment)
    more_ja["rule_of"] = rule_of.name_ja if rule_of else "この消防本部"
    more_en["rule_of"] = rule_of.name_en if rule_of else "this fire department"
    ja, en = _departments_ja(phone_to, with_phone), _departments_en(phone_to, with_phone)
    if code in _AWAY and not phone_to:
        # The same department is responsible there, or none: the handset is outside Japan.
        ja, en = "同じ消防本部、または日本の外", "the same department, or none (outside Japan)"
    return Notice(
        code=code,
        text_ja=_filled(template.ja, ja, params | more_ja, mode, "ja"),
        text_en=_filled(template.en, en, params | more_en, mode, "en"),
        phone_to=tuple(phone_to),
    )


def refusal_texts(code: str) -> RefusalTexts:
    """Message and other means in both languages for a code of ``Refusal``.

    Raises:
        KeyError: there is no such code.
    """
    texts = REFUSALS[code]
    return RefusalTexts(
        texts.ja,
        texts.en,
        texts.other_means_ja or OTHER_MEANS_JA,
        texts.other_means_en or OTHER_MEANS_EN,
    )


def _template(code: NoticeCode, audience: Audience, mode: Mode) -> Template:
    caller = audience is Audience.CALLER
    not_live = NOT_LIVE_FOR_CALLER if caller else NOT_LIVE_FOR_DISPATCHER
    if mode is not Mode.LIVE and code in not_live:
        return not_live[code]
    return (FOR_CALLER if caller else FOR_DISPATCHER)[code]


def _departments_ja(departments: Sequence[DepartmentRef], with_phone: bool) -> str:
    if not departments:
        return "管轄の消防本部" if with_phone else "現場を受け持つ消防本部"
    return "、".join(
        f"{each.name_ja}（電話 {each.phone}）" if with_phone else each.name_ja
        for each in departments
    )


def _departments_en(departments: Sequence[DepartmentRef], with_phone: bool) -> str:
    if not departments:
        return "the responsible fire department"
    return ", ".join(
        f"{each.name_en} (phone {each.phone})" if with_phone else each.name_en
        for each in departments
    )


_TIMES = ("until", "since")
_PLAIN = (*_TIMES, "rule_of")
"""Blanks that are filled without brackets."""


def _times(moment: datetime | None) -> tuple[dict[str, str], dict[str, str]]:
    """The blanks for a time: a piece of a sentence each, empty without one."""
    if moment is None:
        return dict.fromkeys(_TIMES, ""), dict.fromkeys(_TIMES, "")
    there = moment.astimezone(JAPAN)
    ja = f"{there.month}月{there.day}日{there.hour}時{f'{there.minute}分' if there.minute else ''}"
    en = f"{there:%H:%M} on {there.day} {_MONTHS[there.month - 1]}, Japan time"
    return (
        {"until": f"（{ja}まで）", "since": f"（{ja}から使えます）"},
        {"until": f" until {en}", "since": f" (it will be from {en})"},
    )


# Not by strftime: its names follow the locale of the process.
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _filled(
    template: str, departments: str, params: dict[str, str], mode: Mode, language: Language
) -> str:
    brackets = ("「", "」") if language == "ja" else (' "', '"')
    word = label(mode, language)
    blanks = {"characters": "", "mode": word.lower(), "MODE": word.upper()}
    blanks |= {name: params[name] for name in _PLAIN}
    blanks |= {
        name: f"{brackets[0]}{text}{brackets[1]}"
        for name, text in params.items()
        if text and name not in _PLAIN
    }
    return template.format(departments=departments, **blanks)[:TEXT_LIMIT]
