"""Many short-lived providers on one machine: ``python -m net119_reference.forks SOCKET``.

A provider needs two seconds to import itself, and one more to read the municipalities. The fork
server does that once and forks a provider for each client that connects to the socket; starting one
takes milliseconds then. It is made for judging and for tests: a provider that serves people is
started by ``python -m net119_reference``.

The server has one thread and nothing in it blocks, so a fork copies a process at rest. A provider
does not outlive its client (the server kills it when the client's connection ends, before it starts
the next one) nor the server (the kernel kills it).
"""
