"""The requirements reference page (docs/reference/requirements.{en,ja}.md) as Markdown."""

from collections import Counter
from collections.abc import Sequence

from net119_conformance.catalogue.model import (
    CATALOGUE_VERSION,
    Lang,
    RequirementStatus,
    Source,
    State,
)

_WORDS: dict[str, dict[Lang, str]] = {
    "title": {"en": "Requirements", "ja": "要求事項一覧"},
    "generated": {
        "en": "Generated from the requirement catalogue; edit the catalogue, not this page.",
        "ja": "要求カタログから生成しています。直すときはカタログを直してください。",
    },
    "version": {"en": "Catalogue version", "ja": "カタログの版"},
    "intro": {
        "en": "Every behaviour that the source documents ask for, in our own words. Where a line "
        "here and its source differ, the source holds. What stands after “derived” is ours: it "
        "must hold so that the line before it can hold, and it is judged separately.",
        "ja": "出典の文書が求めることを、私たちの言葉で一つずつ書いています。"
        "出典と食い違うときは出典が正です。「導出」の後は出典にはなく、"
        "前の文が成り立つために必要なこととして私たちが加えたもので、別に判定します。",
    },
    "summary": {"en": "Summary", "ja": "集計"},
    "source": {"en": "Source", "ja": "出典"},
    "total": {"en": "Total", "ja": "計"},
    "documents": {"en": "Documents", "ja": "文書"},
    "id": {"en": "ID", "ja": "ID"},
    "asked": {"en": "What is asked", "ja": "要求"},
    "level": {"en": "Level", "ja": "強さ"},
    "role": {"en": "Role", "ja": "役割"},
    "sides": {"en": "Interface", "ja": "接点"},
    "clause": {"en": "Clause", "ja": "条項"},
    "judged": {"en": "Judged by", "ja": "判定"},
    "derived": {"en": "derived", "ja": "導出"},
    "remains": {"en": "Still open", "ja": "残り"},
    "covered": {"en": "covered", "ja": "判定する"},
    "pending": {"en": "pending", "ja": "準備中"},
    "excluded": {"en": "excluded", "ja": "対象外"},
    "level.must": {"en": "must", "ja": "必須"},
    "level.should": {"en": "should", "ja": "推奨"},
    "level.may": {"en": "may", "ja": "任意"},
    "level.derived": {"en": "derived", "ja": "導出"},
    "role.home": {"en": "home provider", "ja": "登録地側"},
    "role.receiving": {"en": "receiving provider", "ja": "通報地側"},
    "role.both": {"en": "both providers", "ja": "双方"},
    "role.registration": {"en": "registration", "ja": "登録管理"},
    "role.operation": {"en": "operation", "ja": "運用"},
    "role.alarm": {"en": "home alarm", "ja": "緊急通報システム"},
}


def render_markdown(lang: Lang, statuses: Sequence[RequirementStatus]) -> str:
    """Return the requirements page in `lang` for a joined catalogue (`Catalogue.join`).

    The page is deterministic: the same catalogue and purposes give the same bytes.
    """

    def word(key: str) -> str:
        return _WORDS[key][lang]

    by_source: dict[Source, list[RequirementStatus]] = {}
    for status in statuses:
        by_source.setdefault(status.requirement.source, []).append(status)
    lines = [
        f"# {word('title')}",
        "",
        f"<!-- {word('generated')} -->",
        "",
        f"{word('version')}: {CATALOGUE_VERSION}",
        "",
        word("intro"),
        "",
        f"## {word('summary')}",
        "",
        _row([word("source"), *(word(state) for state in State), word("total")]),
        _row(["---", *("---:" for _ in State), "---:"]),
    ]
    for source, members in by_source.items():
        lines.append(_count_row(f"{source.prefix} {source.publisher.get(lang)}", members))
    lines += [_count_row(word("total"), statuses), ""]
    for source, members in by_source.items():
        lines += [f"## {source.prefix}: {source.publisher.get(lang)}", "", word("documents"), ""]
        lines += [
            f"- {document.title.get(lang)}"
            + (f" (『{document.title.ja}』)" if lang == "en" else "")
            for document in source.documents
        ]
        columns = ("id", "asked", "level", "role", "sides", "clause", "judged")
        lines += ["", _row([word(column) for column in columns]), _row(["---"] * len(columns))]
        lines += [_requirement_row(lang, status) for status in members]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _count_row(label: str, statuses: Sequence[RequirementStatus]) -> str:
    counts = Counter(status.state for status in statuses)
    return _row([label, *(str(counts[state]) for state in State), str(len(statuses))])


def _requirement_row(lang: Lang, status: RequirementStatus) -> str:
    requirement = status.requirement
    asked = _cell(requirement.text.get(lang))
    if requirement.derived is not None:
        label = _WORDS["derived"][lang]
        asked += f"<br>*{label}:* {_cell(requirement.derived.get(lang))}"
    return _row(
        [
            f'<a id="{requirement.id.lower()}"></a>{requirement.id}',
            asked,
            _WORDS[f"level.{requirement.level}"][lang],
            _WORDS[f"role.{requirement.role}"][lang],
            " ".join(requirement.sides),
            "<br>".join(_cell(str(clause)) for clause in requirement.clauses),
            _judged(lang, status),
        ]
    )


def _judged(lang: Lang, status: RequirementStatus) -> str:
    derived = _WORDS["derived"][lang]
    parts = [f"`{purpose}`" for purpose in status.purposes]
    parts += [f"`{purpose}` ({derived})" for purpose in status.derived_purposes]
    if status.reason is not None:
        label = "remains" if status.state is State.COVERED else str(status.state)
        parts.append(f"*{_WORDS[label][lang]}:* {_cell(status.reason.get(lang))}")
    return "<br>".join(parts)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    """Escape what would end a table cell, start markup, or be read as HTML."""
    for character in "\\|*_`<[":
        text = text.replace(character, "\\" + character)
    return text.replace("\n", " ")
