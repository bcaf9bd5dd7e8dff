"""Which TLS versions this Python can really speak, found by a handshake in memory."""

import ssl
import warnings

import trustme


def speaks(version: ssl.TLSVersion) -> bool:
    """True if a client and a server made here agree on exactly `version`.

    A setting says too little: distributions accept `minimum_version = TLSv1` and then refuse every
    such handshake by policy. So both ends are made, with the lowest security level, as a provider
    that serves old handsets (ASO-08) and such a handset would, and the handshake is carried out.
    """
    authority = trustme.CA()
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for context in (server_context, client_context):
        # Python warns of versions below 1.2; here using them is the point.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                context.minimum_version = version
                context.maximum_version = version
            except ValueError:
                return False
        # Before the certificate is loaded: the level also judges that.
        context.set_ciphers("ALL:!aNULL:!eNULL:@SECLEVEL=0")
    authority.issue_cert("localhost").configure_cert(server_context)
    authority.configure_trust(client_context)

    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    client = client_context.wrap_bio(to_client, to_server, server_hostname="localhost")
    unfinished = [client, server]
    # A full handshake takes two turns each; one that has not finished after ten never will.
    for _ in range(10):
        for end in list(unfinished):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
            unfinished.remove(end)
        if not unfinished:
            return client.version() == version.name.replace("v1_", "v1.")
    return False
