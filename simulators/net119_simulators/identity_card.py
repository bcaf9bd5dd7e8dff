"""A picture of an identity card that is none: a specimen, marked as such, from a person's data.

Applicants hand it in where a department asks for one (TOM-24).  It carries what a phone's camera
writes besides, the position among it, so that what takes that away can be tested.
"""

import functools
import io
import random
from typing import Final

from net119_protocol.person import RegistrantData
from PIL import Image, ImageDraw, ImageFont
from PIL.TiffImagePlugin import IFDRational

SIZE: Final = (856, 540)
"""Pixels; the shape of a card (ISO/IEC 7810 ID-1)."""
CARDS: Final = ("運転免許証", "身体障害者手帳", "学生証", "職員証")
CAMERA: Final = "NET119 simulated phone"
"""Maker that the picture names; found nowhere in a picture that was cleaned."""

_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansJP-Regular.otf",
    "ipagp.ttf",
    "ipag.ttf",
    "TakaoPGothic.ttf",
    "VL-PGothic-Regular.ttf",
)
_RED = (200, 30, 30)
_INK = (30, 30, 60)
_PAPER = (244, 246, 236)
# 見 and 本 as strokes in a square of 100, so that the mark needs no font.
_MARK: Final[tuple[tuple[tuple[int, int], ...], ...]] = (
    ((22, 8), (22, 58), (78, 58), (78, 8), (22, 8)),
    ((22, 25), (78, 25)),
    ((22, 41), (78, 41)),
    ((38, 58), (34, 76), (12, 92)),
    ((62, 58), (62, 84), (70, 90), (92, 90), (92, 76)),
    ((110, 30), (190, 30)),
    ((150, 6), (150, 96)),
    ((148, 32), (132, 58), (108, 76)),
    ((152, 32), (168, 58), (192, 76)),
    ((132, 76), (168, 76)),
)


def identity_card(
    person: RegistrantData,
    seed: int | str = 0,
    *,
    position: tuple[float, float] | None = None,
    file_format: str = "JPEG",
) -> bytes:
    """The picture of a person's card, with 見本 across it; ``file_format`` is JPEG or PNG.

    ``position`` (latitude, longitude) is written into its EXIF data, by default that of the home.
    Without a Japanese font on this machine the texts are bars; the mark is there all the same.
    """
    rng = random.Random(f"card/{seed}")
    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((6, 6, SIZE[0] - 7, SIZE[1] - 7), 28, outline=_INK, width=4)
    draw.rectangle((30, 30, SIZE[0] - 31, 96), fill=_shade(rng))
    lines = (
        f"{rng.choice(CARDS)}（見本）",
        f"氏名　{person.name}",
        f"{person.birth_date.year}年{person.birth_date.month}月{person.birth_date.day}日生",
        person.address.one_line(),
        f"第{rng.randint(0, 99999999):08}号　架空市長",
    )
    for number, line in enumerate(lines):
        _write(draw, (48, 46) if number == 0 else (48, 70 + number * 74), line, 30)
    _portrait(draw, rng)
    _mark(draw)
    out = io.BytesIO()
    at = position if position is not None else (person.address.lat, person.address.lon)
    image.save(out, file_format, quality=82, exif=_exif(*at))
    return out.getvalue()


@functools.cache
def japanese_font(size: int) -> ImageFont.FreeTypeFont | None:
    """A font of this machine that has Japanese letters, if there is one."""
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int) -> None:
    font = japanese_font(size)
    if font is None:
        draw.rectangle((*at, at[0] + len(text) * size // 2, at[1] + size), fill=_INK)
        return
    room = SIZE[0] - at[0] - (230 if at[1] > 100 else 60)
    while text and draw.textlength(text, font) > room:
        text = text[:-1]
    draw.text(at, text, _INK, font)


def _portrait(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    """Nobody's face."""
    left, top = 650, 150
    draw.rectangle((left, top, left + 160, top + 200), fill=_shade(rng), outline=_INK)
    skin = (rng.randint(200, 235), rng.randint(170, 200), rng.randint(140, 170))
    draw.ellipse((left + 45, top + 30, left + 115, top + 115), fill=skin)
    draw.pieslice((left + 15, top + 120, left + 145, top + 280), 180, 360, fill=_INK)


def _mark(draw: ImageDraw.ImageDraw) -> None:
    left, top, scale = 190, 140, 2.4
    for stroke in _MARK:
        points = [(left + x * scale, top + y * scale * 1.2) for x, y in stroke]
        draw.line(points, fill=_RED, width=8, joint="curve")
    draw.text((left, SIZE[1] - 60), "SPECIMEN - NOT AN IDENTITY DOCUMENT", _RED)


def _shade(rng: random.Random) -> tuple[int, int, int]:
    return rng.randint(190, 225), rng.randint(205, 235), rng.randint(210, 240)


def _exif(lat: float, lon: float) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = CAMERA
    exif[0x0132] = "2026:04:01 09:00:00"
    exif.get_ifd(0x8825).update(
        {
            1: "N" if lat >= 0 else "S",
            2: _degrees(abs(lat)),
            3: "E" if lon >= 0 else "W",
            4: _degrees(abs(lon)),
        }
    )
    return exif


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    seconds = round(value * 3600 * 1000)
    degrees, rest = divmod(seconds, 3600 * 1000)
    minutes, thousandths = divmod(rest, 60 * 1000)
    return IFDRational(degrees, 1), IFDRational(minutes, 1), IFDRational(thousandths, 1000)
