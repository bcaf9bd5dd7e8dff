"""Why purposes are left out of a run that nothing is wrong with, as the report tells it."""

from net119_conformance.catalogue import Text

NO_BROWSER = Text(
    en="no browser on this machine; make deps installs Chromium",
    ja="このコンピューターにブラウザーがありません。make deps で Chromium が入ります",
)
"""A purpose needs a real browser engine, and there is none (or no Playwright to drive it)."""
