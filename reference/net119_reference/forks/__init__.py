"""Many short-lived providers on one machine: ``python -m net119_reference.forks SOCKET``.

A provider needs two seconds to import itself, and one more to read the municipalities. The fork
server does that once and forks a provider for each client that connects to the socket; starting one
takes milliseconds then. It is made for judging and for tests: a provider that serves people is
started by ``python -m net119_reference``.

The server has one thread, which waits for nobody: not for a client that connects and asks for
nothing, and for a provider only to be dead after SIGKILL. So a fork copies a process at rest. A
provider does not outlive its client (the server kills it when the client's connection ends, before
it starts the next one) nor the server (the kernel kills it). A client may hand a socket over with
its standard streams: the server sends the provider's number and pidfd there, so that who must have
it dead at once need not wait for the server.
"""
