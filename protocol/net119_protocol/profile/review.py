"""Looks a folder of profiles through for what the form of a file cannot show.

Faults are what a testbed must not have, doubts what a department hardly means; a provider loads
a profile in spite of either.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from net119_protocol.directory import Municipalities
from net119_protocol.labels import Label
from net119_protocol.profile.faults import Fault
from net119_protocol.profile.load import (
    PACKAGED,
    ProfileError,
    load_profiles,
    parse_profile,
    read_content,
)
from net119_protocol.profile.model import Profile

_NUMBER = re.compile(
    r"(?<![\d-])(?:\+81[- ]?\d{1,4}|0\d{1,4})[-() ]{1,2}\d{1,4}[-() ]{1,2}\d{3,4}(?!\d)"
    r"|(?<![\d-])0\d{9,10}(?!\d)|(?<![\d-])\d{2,4}-\d{4}(?![\d-])"
)
"""Telephone numbers as they are written in Japan, with or without the area code."""
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))
_FICTIONAL = "0000"


@dataclass(frozen=True)
class Review:
    """The profiles, if no file has a fault of form; all that is wrong; and all that is doubtful."""

    profiles: Mapping[str, Profile]
    faults: tuple[Fault, ...]
    doubts: tuple[Fault, ...]


def review_profiles(
    folder: Path | None, known: Municipalities, departments: Container[str]
) -> Review:
    """Look through the profiles of a folder, or the packaged ones.

    ``known`` are the municipalities that exist, ``departments`` the codes of the directory.
    A file whose form is wrong is looked at as far as it can be read.
    """
    faults: list[Fault] = []
    doubts: list[Fault] = []
    profiles: Mapping[str, Profile] = {}
    try:
        profiles = load_profiles(folder)
    except ProfileError as wrong:
        faults += wrong.faults
    for file in sorted((folder or PACKAGED).glob("*.toml")):
        try:
            content = read_content(file)
        except ProfileError:
            continue  # Among the faults already, as is what follows.
        faults += unknown_municipalities(_codes(content), file.name, known.codes)
        try:
            profile = parse_profile(content, file.name)
        except ProfileError:
            continue
        faults += _real_numbers(profile, file.name)
        doubts += _doubts(profile, file.name, known, departments)
    # A stable order: what belongs to one file stands together.
    by_file = sorted(faults, key=lambda fault: fault.file)
    return Review(profiles, tuple(by_file), tuple(doubts))


def unknown_municipalities(
    codes: Iterable[str], file: str, known: Container[str]
) -> tuple[Fault, ...]:
    """The codes of a profile's municipalities that do not exist; ``known`` are those that do."""
    return tuple(
        Fault(
            file,
            f"municipalities.{number}",
            Label(
                f"{code} という市町村コードはありません。JIS のコードを確かめてください",
                f"there is no municipality {code}; check its JIS code",
            ),
        )
        for number, code in enumerate(codes)
        if re.fullmatch("[0-9]{5}", code) and code not in known
    )


def telephone_numbers(text: str) -> tuple[str, ...]:
    """The telephone numbers of a text, in ASCII."""
    plain = unicodedata.normalize("NFKC", text).translate(_HYPHENS)
    return tuple(_NUMBER.findall(plain))


def _codes(content: Mapping[str, Any]) -> list[str]:
    given = content.get("municipalities")
    return [str(each) for each in given] if isinstance(given, list) else []


def _real_numbers(profile: Profile, file: str) -> Iterator[Fault]:
    texts = {
        "name.ja": profile.name.ja,
        "name.en": profile.name.en,
        "contact.ja": profile.contact.ja,
        "contact.en": profile.contact.en,
    }
    for key, text in texts.items():
        for number in telephone_numbers(text):
            if not number.startswith(_FICTIONAL):
                said = Label(
                    f"{number} は実在するかもしれない電話番号です。0000-12-3456 のような"
                    "架空の番号にしてください",
                    f"{number} may be somebody's telephone number; make one up that looks like "
                    "0000-12-3456",
                )
                yield Fault(file, key, said)


def _doubts(
    profile: Profile, file: str, known: Municipalities, departments: Container[str]
) -> Iterator[Fault]:
    if profile.department not in departments:
        code = profile.department
        said = Label(
            f"付属のディレクトリに {code!r} という消防本部はありません。使うディレクトリ"
            "（[directory] の file）にもなければ、事業者はこのファイルを無視します",
            f"the packaged directory has no department {code!r}; unless the one in use "
            "([directory], file) has it, a provider ignores this file",
        )
        yield Fault(file, "department", said)
    yield from _far_municipalities(profile, file, known)
    yield from _left_over(profile, file)


def _far_municipalities(profile: Profile, file: str, known: Municipalities) -> Iterator[Fault]:
    where = Counter(code[:2] for code in profile.municipalities)
    (usual, _), *_ = where.most_common(1)
    for number, code in enumerate(profile.municipalities):
        if code[:2] == usual or code not in known:
            continue
        place = known[code]
        said = Label(
            f"{place.name_ja}（{code}）は{place.prefecture}で、ほかの市町村と都道府県が違います。"
            "確かめてください",
            f"{place.name_en} ({code}) is in another prefecture than the others; check its code",
        )
        yield Fault(file, f"municipalities.{number}", said)


def _left_over(profile: Profile, file: str) -> Iterator[Fault]:
    """Names and addresses of a packaged profile that a copy of it still carries."""
    texts = _texts(profile)
    for other in load_profiles().values():
        if other.department == profile.department:
            continue
        names = (
            other.name.ja.removesuffix("消防本部"),
            other.name.en.removesuffix("Fire Department").strip(),
        )
        mails = {*filter(None, (other.mail.application,))}
        mails |= {other.mail.registration_sender, other.mail.service_sender}
        for key, text in texts.items():
            left = next((name for name in names if name in text), text if text in mails else None)
            if left is not None:
                said = Label(
                    f"{left} は、付属のプロファイル {other.department} のものです。"
                    "写したまま残っていないか、確かめてください",
                    f"{left} belongs to the packaged profile {other.department}; see whether it "
                    "was left from a copy",
                )
                yield Fault(file, key, said)


def _texts(profile: Profile) -> Mapping[str, str]:
    return {
        "name.ja": profile.name.ja,
        "name.en": profile.name.en,
        "contact.ja": profile.contact.ja,
        "contact.en": profile.contact.en,
        "source": profile.source,
        "mail.application": profile.mail.application or "",
        "mail.registration_sender": profile.mail.registration_sender,
        "mail.service_sender": profile.mail.service_sender,
        "terms.text.ja": profile.terms.text.ja,
        "terms.text.en": profile.terms.text.en,
    }
