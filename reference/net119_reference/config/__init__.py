"""Settings of a provider: one TOML file, overridden by environment variables."""

from net119_reference.config.listeners import Endpoint, Http, Plaintext, Stomp, Tls, TlsProfile
from net119_reference.config.load import ConfigError, ConfigProblem, load_config
from net119_reference.config.model import (
    Admin,
    Config,
    Database,
    Directory,
    Home,
    Limits,
    Log,
    Modes,
    TestSystems,
    Timers,
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
    "Plaintext",
    "Stomp",
    "TestSystems",
    "Timers",
    "Tls",
    "TlsProfile",
    "load_config",
]
