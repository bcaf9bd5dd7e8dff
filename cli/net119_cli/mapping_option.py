"""The option ``--mapping``: how messages between providers are written."""

from net119_cli.errors import UserError
from net119_cli.language import text


def check_mapping(name: str) -> None:
    """Refuse a mapping that is not there, before anything is started; raises UserError."""
    from net119_protocol.interconnect.mapping import UnknownMapping, load_mapping

    try:
        load_mapping(name)
    except UnknownMapping as unknown:
        raise UserError(
            str(unknown),
            f"--mapping {name}",
            text(
                ja="導入済みの名前か package.module:object を指定してください",
                en="Give an installed name, or package.module:object",
            ),
        ) from None
