"""`net119` with the toys in place of the suite, for a test that types at a terminal."""

import sys
from unittest.mock import patch

from net119_cli.main import main
from net119_conformance import runner

from tests.conformance.review.reported import CATALOGUE, PURPOSES

if __name__ == "__main__":
    with patch.object(runner, "load_suite", lambda modules: (PURPOSES, CATALOGUE, [])):
        sys.exit(main())
