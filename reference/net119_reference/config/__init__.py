"""Settings of a provider: one TOML file, overridden by environment variables."""

from net119_reference.config.load import ConfigError, ConfigProblem, load_config
from net119_reference.config.model import (
    Admin,
    Config,
    Database,
    Directory,
    Endpoint,
    Home,
    Http,
    Limits,
    Log,
    Modes,
    Stomp,
    TestSystems,
    Timers,
    Tls,
    TlsProfile,
)

__all__ = [
    "Admin",
    "Config",
    "ConfigError",
    "ConfigProblem",
    "Database",
    "Directory",
    "Endpoint",
    "Home",
    "Http",
    "Limits",
    "Log",
    "Modes",
    "Stomp",
    "TestSystems",
    "Timers",
    "Tls",
    "TlsProfile",
    "load_config",
]
