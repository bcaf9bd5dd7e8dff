"""Storage of a provider: tables, migrations, and the one thread that writes."""

# Importing them adds their tables to the one metadata that migrations are compared with.
from net119_reference.store import callback_schema as callback_schema
from net119_reference.store import mail_schema as mail_schema
from net119_reference.store import registration_schema as registration_schema
from net119_reference.store.bulk import BulkInsert
from net119_reference.store.database import Database, Statement, Write
from net119_reference.store.prepared import Prepared

__all__ = ["BulkInsert", "Database", "Prepared", "Statement", "Write"]
