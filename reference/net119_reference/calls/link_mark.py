"""The mark of a call that was used over a connection without encryption (ASO-08)."""

from net119_protocol.codes import LinkSecurity

from net119_reference.calls.effects import Change, Note, SaySystem
from net119_reference.calls.model import Call

_OVERHEARD = (
    "【暗号化なし】この通報は、暗号化されていない通信でも使われています。"
    "内容を他人に見られるおそれがあります。"
)


def mark(call: Call, link: LinkSecurity) -> Change:
    """The call as it is once its caller has used it over ``link``.

    A call that was once in plaintext stays marked; whoever reads it, at whichever provider, is
    told when that happens to a call that began encrypted.
    """
    if link is LinkSecurity.ENCRYPTED or call.link is LinkSecurity.PLAINTEXT or not call.open:
        return Change(call)
    marked = call.model_copy(update={"link": LinkSecurity.PLAINTEXT})
    return Change(marked, (Note("link", link.value), SaySystem(_OVERHEARD)))
