"""Storage of a provider: tables, migrations, and the one thread that writes."""

from net119_reference.store.database import Database, Write

__all__ = ["Database", "Write"]
