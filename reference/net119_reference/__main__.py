"""``python -m net119_reference --config FILE``: one provider."""

import sys

from net119_reference.app import main

if __name__ == "__main__":
    sys.exit(main())
