"""Turns the documentation into pages that a browser opens without a server, for the bundle.

A fire department's PC shows a Markdown file as source text. markdown-it (which `rich` brings along)
parses it; links between pages are led to the pages made, and pictures are copied.
"""

import re
import shutil
from pathlib import Path

from markdown_it import MarkdownIt

STYLE = """
body { max-width: 52rem; margin: 1.5rem auto; padding: 0 1rem; line-height: 1.7; color: #111;
  background: #fff;
  font-family: "BIZ UDPGothic", "Yu Gothic", Meiryo, "Noto Sans CJK JP", sans-serif; }
h1, h2, h3 { line-height: 1.3; }
code, pre { font-family: Consolas, "BIZ UDGothic", "Noto Sans Mono CJK JP", monospace; }
pre { background: #f2f2f2; padding: .8rem; overflow-x: auto; }
table { border-collapse: collapse; }
th, td { border: 1px solid #767676; padding: .3rem .6rem; text-align: left; vertical-align: top; }
img { max-width: 100%; border: 1px solid #767676; }
@media print { body { margin: 0; max-width: none; } pre { white-space: pre-wrap; } }
""".strip()

# A link to a page of ours: not an address, not a part of the same page.
LINK = re.compile(r"^(?!\w+:|#)([^#]+)\.md(#.*)?$")


def led_on(target: str) -> str:
    """Where a link of the source leads among the pages made."""
    found = LINK.match(target)
    return f"{found.group(1)}.html{found.group(2) or ''}" if found else target


def anchor(heading: str) -> str:
    """The part of an address that links to a heading use, as on the pages of repositories."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def page(source: str, language: str) -> str:
    """The HTML page of one Markdown text."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = parser.parse(source)
    title = ""
    for token, after in zip(tokens, tokens[1:] + tokens[:1], strict=True):
        if token.type == "heading_open":
            token.attrSet("id", anchor(after.content))
            title = title or after.content
        for child in token.children or ():
            href = child.attrGet("href")
            # What lies outside `docs/` does not come along: its name stays, the link would be dead.
            if isinstance(href, str) and href.startswith("../"):
                del child.attrs["href"]
            elif isinstance(href, str):
                child.attrSet("href", led_on(href))
    body = parser.renderer.render(tokens, parser.options, {})
    plain = title.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{plain}</title>\n<style>\n{STYLE}\n</style>\n{body}</html>\n"
    )


def write_docs(root: Path, out: Path) -> None:
    """Write every page below `docs/` of the tree at `root`, and what stands beside them."""
    source = root / "docs"
    for path in sorted(source.rglob("*")):
        place = out / path.relative_to(source)
        if path.is_dir():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            language = "ja" if ".ja" in path.name else "en"
            text = page(path.read_text(encoding="utf-8"), language)
            place.with_suffix(".html").write_text(text, encoding="utf-8")
        else:
            shutil.copy(path, place)
