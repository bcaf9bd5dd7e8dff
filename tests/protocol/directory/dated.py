"""A directory of Tomakomai and Chitose that changes: written out, with room for more rows."""

from datetime import datetime

from net119_protocol.directory import Directory, Municipalities

HEAD = """
version = "dated"
[[providers]]
code = "aoba"
name_ja = "あおば"
name_en = "Aoba"
[[providers]]
code = "midori"
name_ja = "みどり"
name_en = "Midori"
[[centers]]
code = "tomakomai"
name_ja = "苫小牧"
name_en = "Tomakomai"
provider = "aoba"
[[centers]]
code = "chitose"
name_ja = "千歳"
name_en = "Chitose"
provider = "midori"
"""


def department(code: str, municipality: str, center: str, *more: str) -> str:
    name = {"01213": "苫小牧市消防本部", "01224": "千歳市消防本部"}[municipality]
    return "\n".join(
        (
            "[[departments]]",
            f'code = "{code}"\nname_ja = "{name}"\nname_en = "{code} FD"',
            f'municipalities = ["{municipality}"]\nphone = "0000-00-0101"',
            f'center = "{center}"' if center else "",
            *more,
            "",
        )
    )


def stop(what: str, code: str, begin: str, end: str) -> str:
    return f'[[stops]]\n{what} = "{code}"\nstop_from = {begin}\nstop_until = {end}\n'


TOMAKOMAI = department("tomakomai", "01213", "tomakomai")
CHITOSE = department("chitose", "01224", "chitose")


def made(municipalities: Municipalities, *rows: str) -> Directory:
    return Directory.from_toml(HEAD + "".join(rows), municipalities)


def at(text: str) -> datetime:
    """A moment from its RFC 3339 form."""
    return datetime.fromisoformat(text)
