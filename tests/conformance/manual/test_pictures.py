"""Screenshots are kept as pixels: what is no picture is refused, what a camera adds is left out."""

from io import BytesIO

import pytest
from net119_conformance.manual.pictures import MOST_BYTES, PictureRefused, cleaned
from PIL import Image
from PIL.PngImagePlugin import PngInfo


def picture(kind: str, secret: str = "") -> bytes:
    made = BytesIO()
    image = Image.new("RGB", (40, 30), (200, 30, 30))
    if kind == "PNG":
        told = PngInfo()
        told.add_text("Comment", secret)
        image.save(made, "PNG", pnginfo=told)
    else:
        exif = Image.Exif()
        exif[0x010E] = secret
        image.save(made, kind, exif=exif)
    return made.getvalue()


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "png")])
def test_only_pixels_are_kept(kind: str, ending: str) -> None:
    given = picture(kind, "near 35.68, 139.76")
    assert b"139.76" in given
    kept, name = cleaned(given)
    assert name == ending
    assert b"139.76" not in kept
    with Image.open(BytesIO(kept)) as opened:
        assert opened.size == (40, 30)
        middle = opened.convert("RGB").crop((20, 15, 21, 16)).tobytes()
    assert middle[0] > 150 > middle[1]


@pytest.mark.parametrize(
    "data", [b"", b"<svg onload='x'/>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", picture("PNG")[:60]]
)
def test_what_is_no_picture_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(PictureRefused) as refused:
        cleaned(data)
    assert "PNG・JPEG・WebP" in refused.value.text.ja


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(PictureRefused) as refused:
        cleaned(b"x" * (MOST_BYTES + 1))
    assert "10 MB" in refused.value.text.ja
