"""Writes the reference pages that come from code outside `protocol`, or checks them (`--check`).

`python -m net119_protocol.spec` writes the wire contract; these are the state table of the
reference, the requirement catalogue, the test purposes, the hook, and the
schemas of reports and scenarios.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from net119_conformance import catalogue as folder_of
from net119_conformance.catalogue import CATALOGUE_VERSION, Lang, render_markdown
from net119_conformance.catalogue.snapshot import load_snapshot, take, versions
from net119_conformance.drivers.http_hook_spec import openapi as hook_openapi
from net119_conformance.interop.cells import matrix_schema
from net119_conformance.purpose import Purpose
from net119_conformance.results import report_schema
from net119_conformance.review.model import reviews_schema
from net119_conformance.runner import CLAIM_PURPOSES, DEFAULT_PURPOSES, load_suite
from net119_reference.calls.machine import as_markdown
from net119_scenarios.acted.model import json_schema

OUT = Path(__file__).parent.parent / "docs" / "reference"
SNAPSHOT = Path(folder_of.__file__).with_name("snapshots") / f"{CATALOGUE_VERSION}.toml"
NOTE = "<!-- Generated; `make schemas` writes it anew. -->\n\n"

TITLES: dict[Lang, tuple[str, ...]] = {
    "en": ("Test purposes", "Stimulus", "Expected", "Why", "Requirements", "Interfaces", "none"),
    "ja": ("試験一覧", "与える刺激", "期待すること", "理由", "要求", "接点", "なし"),
}


def purposes_page(purposes: Sequence[Purpose], lang: Lang) -> str:
    """What each purpose stimulates and expects, and why."""
    title, stimulus, expected, why, requirements, interfaces, none = TITLES[lang]
    parts = [f"# {title}\n"]
    for one in purposes:
        judged = ", ".join(one.judged) or none
        sides = "".join(one.interfaces)
        parts.append(
            f"## {one.id}\n\n{one.title.get(lang)}\n\n"
            f"- {requirements}: {judged}\n- {interfaces}: {sides}\n"
            f"- {stimulus}: {one.stimulus.get(lang)}\n"
            f"- {expected}: {one.expected.get(lang)}\n"
            f"- {why}: {one.why.get(lang)}\n"
        )
    return "\n".join(parts)


def build() -> dict[str, str]:
    """Every page by file name."""
    purposes, _catalogue, statuses = load_suite(DEFAULT_PURPOSES, None)
    listed = list(purposes.values())
    pages = {
        "call-states.md": NOTE + "# States of a call\n\n" + as_markdown(),
        "scenario.schema.json": json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
        "hook.openapi.json": json.dumps(hook_openapi(), indent=2, ensure_ascii=False) + "\n",
        "matrix.schema.json": json.dumps(matrix_schema(), indent=2, ensure_ascii=False) + "\n",
        "reviews.schema.json": json.dumps(reviews_schema(), indent=2, ensure_ascii=False) + "\n",
        "report.schema.json": json.dumps(report_schema(), indent=2, ensure_ascii=False) + "\n",
    }
    for lang in TITLES:
        pages[f"requirements.{lang}.md"] = NOTE + render_markdown(lang, statuses)
        pages[f"purposes.{lang}.md"] = NOTE + purposes_page(listed, lang)
    return pages


def snapshot() -> str:
    """The file of what the current catalogue version judges; a frozen one stays as it is."""
    purposes, catalogue, _statuses = load_suite((*DEFAULT_PURPOSES, *CLAIM_PURPOSES), None)
    judged = {name: one.judged for name, one in purposes.items()}
    if catalogue.version in versions() and load_snapshot().frozen:
        return load_snapshot().to_toml()
    return take(catalogue, judged).to_toml()


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with ``--check`` name those that differ."""
    pages = build()
    if "--check" in arguments:
        stale = [
            name
            for name, text in pages.items()
            if not (OUT / name).is_file() or (OUT / name).read_text("utf-8") != text
        ]
        for name in stale:
            print(f"docs/reference/{name} is out of date; run `make schemas`", file=sys.stderr)
        if not SNAPSHOT.is_file() or SNAPSHOT.read_text("utf-8") != snapshot():
            print(
                f"{SNAPSHOT.name} of the catalogue is out of date; run `make schemas`",
                file=sys.stderr,
            )
            return 1
        return 1 if stale else 0
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (OUT / name).write_text(text, "utf-8")
    SNAPSHOT.write_text(snapshot(), "utf-8")
    print(f"wrote {len(pages)} pages to docs/reference")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
