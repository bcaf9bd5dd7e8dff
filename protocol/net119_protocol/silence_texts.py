"""What a dispatcher reads of a caller who is connected and says nothing."""

from datetime import datetime

from net119_protocol.directory.model import JAPAN
from net119_protocol.labels import Label

HEARD_AGAIN = Label("通報者から反応がありました", "the caller has reacted again")


def silent(since: datetime) -> Label:
    """The caller has said nothing since a moment, told as the time of day in Japan."""
    at = f"{since.astimezone(JAPAN):%H:%M:%S}"
    return Label(
        f"{at}から通報者の反応がありません（通信はつながっています）",
        f"no reaction of the caller since {at} (the connection is up)",
    )
