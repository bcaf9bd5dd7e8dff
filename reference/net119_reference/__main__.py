"""``python -m net119_reference --config FILE``: one provider."""

import gc
import sys

# While a provider starts, hardly anything of what it makes becomes garbage: collecting it again
# and again took a fifth of the start. The provider switches it on when it is ready.
gc.disable()

from net119_reference.app import main  # noqa: E402  # after the switch, for its imports are most of it

if __name__ == "__main__":
    sys.exit(main())
