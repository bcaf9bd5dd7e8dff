"""What happens to a provider's mail by itself: a letter comes back, a registrant's address changes.

Commands of the provider's kernel, which it gets from its mail server and from its staff.
"""

from net119_reference.mail.post_office import PostOffice
from net119_reference.service.kernel import Transaction

from tests.reference.interplay.node import Node


def bounced(post: PostOffice, message_id: str, tx: Transaction) -> None:
    """The letter with this Message-ID comes back."""
    post.bounced(tx, message_id, "5.1.1 unknown user")


def moved(node: Node, address: str, tx: Transaction) -> None:
    """The registrant has this address from now on."""
    registry = node.service._registry
    found = registry.find(node.caller.registrant_id)
    assert found is not None
    registry.change(tx, found, data=found.data.model_copy(update={"mail": address}))
