"""Several processes of one provider: one office, and relays that hold the clients' connections.

The **office** is everything that there must be one of: registration, pages, routing, calls and
their deadlines, peers, mail, sweeps.  A **relay** has TLS, WebSockets and the chat: it numbers and
stores the lines of calls itself, and hands the office all else.
"""
