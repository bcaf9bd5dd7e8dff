"""Department profiles: one TOML file for each department (design: "Registration and records")."""
