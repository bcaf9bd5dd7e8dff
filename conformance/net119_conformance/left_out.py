"""Why purposes are left out of a run that nothing is wrong with, as the report tells it."""

from net119_conformance.catalogue import Text

NO_BROWSER = Text(
    en="no browser that could be driven: make deps installs Chromium, "
    "make venv-conformance Playwright",
    ja="操作できるブラウザーがありません。make deps で Chromium、"
    "make venv-conformance で Playwright が入ります",
)
"""A purpose needs a real browser engine, and there is none (or no Playwright to drive it)."""

NO_CONSOLE_PAGE = Text(
    en="the system has no console page at /console/log-in (docs/page-driver.md): its dispatchers"
    " use another console, which its own tests have to judge",
    ja="このシステムの /console/log-in に指令台の画面がありません（docs/page-driver.md）。指令員は"
    "ほかの指令台を使うので、その画面は、それ自身の試験で確かめてください",
)
"""A purpose judges the system's own console page, and there is none."""
