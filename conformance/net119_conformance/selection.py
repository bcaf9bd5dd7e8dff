"""Which purposes a run takes: by purpose ID, by requirement, by interface."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from net119_conformance.catalogue import Catalogue, Side, Text
from net119_conformance.errors import ConformanceError
from net119_conformance.purpose import Purpose


def select(
    purposes: Mapping[str, Purpose],
    catalogue: Catalogue,
    only: Sequence[str] = (),
    interfaces: str = "",
) -> dict[str, Purpose]:
    """The purposes that `only` and `interfaces` name; all of them if both are empty.

    A word of `only` is a purpose ID, a pattern of one ("CHAT-*"), or a requirement ID; a purpose
    is taken if any word fits. `interfaces` then keeps those with at least one of these letters.
    Raises ConformanceError for a word or letter that fits nothing: a selection that silently
    selects nothing would look like success.
    """
    chosen = dict(purposes)
    if only:
        names = {name for word in only for name in _fitting(word, purposes, catalogue)}
        chosen = {name: one for name, one in purposes.items() if name in names}
    if interfaces:
        unknown = [letter for letter in interfaces if letter not in set(Side)]
        if unknown:
            raise ConformanceError(
                Text(
                    en=f"unknown interface {', '.join(unknown)}",
                    ja=f"{', '.join(unknown)} という接点はありません",
                ),
                "--interface",
                Text(
                    en=f"use letters of {''.join(Side)}",
                    ja=f"{''.join(Side)} の文字で指定してください",
                ),
            )
        wanted = {Side(letter) for letter in interfaces}
        chosen = {name: one for name, one in chosen.items() if wanted & set(one.interfaces)}
    if not chosen:
        raise ConformanceError(
            Text(
                en="no test purpose is left by this selection",
                ja="この指定に当てはまる試験がありません",
            ),
            "--only and --interface",
            Text(
                en="widen it; `net119 conformance list` shows all purposes",
                ja="範囲を広げてください。試験の一覧は net119 conformance list で見られます",
            ),
        )
    return chosen


def _fitting(word: str, purposes: Mapping[str, Purpose], catalogue: Catalogue) -> list[str]:
    wanted = word.strip().upper()
    if wanted in catalogue.requirements:
        fitting = [name for name, one in purposes.items() if wanted in one.judged]
        if not fitting:
            raise ConformanceError(
                Text(
                    en=f"no test purpose judges {wanted} yet",
                    ja=f"{wanted} を判定する試験はまだありません",
                ),
                "--only",
                Text(
                    en=f"`net119 conformance explain {wanted}` says why",
                    ja=f"理由は net119 conformance explain {wanted} で見られます",
                ),
            )
        return fitting
    fitting = [name for name in purposes if fnmatchcase(name, wanted)]
    if not fitting:
        raise unknown_name(word, purposes, catalogue, "--only")
    return fitting


def unknown_name(
    word: str, purposes: Mapping[str, Purpose], catalogue: Catalogue, where: str
) -> ConformanceError:
    """The error for a name that is neither a purpose nor a requirement, with the nearest ones."""
    near = difflib.get_close_matches(word.upper(), [*purposes, *catalogue.requirements], n=3)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    hint_ja = f"{' か '.join(near)} ではありませんか。" if near else ""
    return ConformanceError(
        Text(
            en=f"{word!r} is neither a test purpose nor a requirement",
            ja=f"{word!r} という試験も要件もありません",
        ),
        where,
        Text(
            en=f"{hint}`net119 conformance list` shows all purposes",
            ja=f"{hint_ja}試験の一覧は net119 conformance list で見られます",
        ),
    )


def selection_words(only: Iterable[str], interfaces: str) -> tuple[str, ...]:
    """What a run was narrowed to, in the words of its options; empty for all."""
    words = [f"--only {one}" for one in only]
    return (*words, *([f"--interface {interfaces}"] if interfaces else []))
