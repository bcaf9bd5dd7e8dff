"""What every test of the command line starts from: the language that is in use by default."""

from collections.abc import Iterator

import pytest
from net119_cli.language import Language, use_language


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """English, whatever a test before had chosen; the order of tests is not fixed."""
    use_language(Language.EN)
    yield
    use_language(Language.EN)
