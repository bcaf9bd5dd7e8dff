"""The core of a provider: states and rules of a call, without sockets, clocks or SQL."""
