"""What `net119 handset list` and `show` print."""

from collections.abc import Iterable, Iterator

from net119_protocol.labels import Label
from net119_scenarios.layout import WIDTH, columns, pad
from net119_simulators.handsets import Handset, Outcome, Policy, Reason
from net119_simulators.handsets import words as said
from net119_simulators.handsets.model import Datum, Engine, Peculiarity

from net119_cli.language import Language, current_language, text

_TITLE_WIDTH = 22


def in_use(label: Label) -> str:
    """The text in the language in use."""
    return label.ja if current_language() is Language.JA else label.en


def listed(handsets: Iterable[Handset]) -> Iterator[str]:
    """One line for each handset."""
    yes, no = text(ja="あり", en="yes"), text(ja="なし", en="no")
    heads = (
        text(ja="名前", en="name"),
        text(ja="年", en="year"),
        "TLS",
        "SHA-2",
        text(ja="Cookie(https)", en="cookies(https)"),
        text(ja="文字", en="charset"),
        text(ja="位置", en="position"),
    )
    rows = [
        (
            each.name,
            str(each.year),
            said.VERSIONS[each.encryption.versions[-1]],
            yes if each.encryption.sha2_certificates else no,
            yes if each.cookies.https else no,
            each.charsets[0],
            each.position.dialect.value if each.position.working else no,
        )
        for each in handsets
    ]
    yield from table([heads, *rows])
    yield ""
    yield text(
        ja=f"{len(rows)} 機種。net119 handset show NAME で出典と予想を示します。",
        en=f"{len(rows)} handsets. net119 handset show NAME has sources and predictions.",
    )


def table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Rows in columns; a Japanese character takes two."""
    from rich.cells import cell_len

    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        line = "  ".join(pad(cell, width) for cell, width in zip(row, widths, strict=True))
        yield line.rstrip()


def shown(handset: Handset) -> Iterator[str]:
    """One handset, in words."""
    yield f"{in_use(Label(handset.title.ja, handset.title.en))} ({handset.name})"
    for title, value in _facts(handset):
        yield from columns(f"  {title}", value, left_width=_TITLE_WIDTH, width=WIDTH)
    for note in handset.notes:
        yield from columns("", in_use(Label(note.ja, note.en)), left_width=2, width=WIDTH)
    yield ""
    yield text(ja="予想（参照実装のページに対して）", en="Predicted (at the reference's pages)")
    for policy in Policy:
        yield f"  {in_use(said.POLICIES[policy])}"
        for step, expected in handset.predicted[policy].table().items():
            what = in_use(said.OUTCOMES[expected.outcome])
            if expected.reason is not Reason.NONE:
                what += f": {in_use(said.REASONS[expected.reason])}"
            if expected.outcome is not Outcome.UNREACHED:
                left = f"    {in_use(said.STEPS[step])}"
                yield from columns(left, what, left_width=_TITLE_WIDTH, width=WIDTH)
    yield ""
    yield text(ja="出典", en="Sources")
    for peculiarity in Peculiarity:
        source = handset.sources[peculiarity]
        left = f"  {in_use(said.PECULIARITIES[peculiarity])}"
        if source.url:
            # Never broken, so that it can be copied.
            yield pad(left, _TITLE_WIDTH) + source.url
        else:
            value = text(ja=f"（仮定）{source.assumed}", en=f"(assumed) {source.assumed}")
            yield from columns(left, value, left_width=_TITLE_WIDTH, width=WIDTH)


def _facts(handset: Handset) -> Iterator[tuple[str, str]]:
    encryption, position = handset.encryption, handset.position
    yes, no = text(ja="できる", en="yes"), text(ja="できない", en="no")
    yield text(ja="種類", en="kind"), in_use(said.FAMILIES[handset.family])
    yield text(ja="発売または更新", en="sold or updated"), str(handset.year)
    if handset.network_until:
        yield text(ja="回線の終わり", en="network until"), handset.network_until
    yield "TLS", ", ".join(said.VERSIONS[each] for each in encryption.versions)
    yield (
        text(ja="SHA-2の証明書", en="SHA-2 certificate"),
        yes if encryption.sha2_certificates else no,
    )
    over = [
        name
        for name, on in (("http", handset.cookies.http), ("https", handset.cookies.https))
        if on
    ]
    yield text(ja="クッキー", en="cookies"), ", ".join(over) or no
    yield text(ja="文字コード", en="charset"), ", ".join(handset.charsets)
    script = handset.script
    named = f"{said.ENGINES[script.engine]} {script.version:g}"
    yield "JavaScript", no if script.engine is Engine.NONE else named
    yield "WebSocket", yes if handset.websocket else no
    where = in_use(said.DIALECTS[position.dialect])
    if position.datum is Datum.TOKYO:
        where += text(ja="、日本測地系", en=", Tokyo datum")
    if not position.working:
        where += text(ja="（今は使えない）", en=" (no longer works)")
    yield text(ja="位置の送り方", en="position"), where
    yield text(ja="メール", en="mail"), f"{handset.mail.domain}, {handset.mail.charset}"
    yield text(ja="画像の送信", en="upload"), yes if handset.upload else no
    yield "User-Agent", handset.user_agent
