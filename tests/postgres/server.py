"""The PostgreSQL that tests run on."""

from net119_simulators.network.postgresql import PostgresServer, missing, programs

__all__ = ["PostgresServer", "missing", "programs"]
