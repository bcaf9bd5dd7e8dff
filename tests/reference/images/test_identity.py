"""Identity images lose everything but the picture, and every refusal tells what to do."""

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from net119_reference.images.identity import MAX_BYTES, MAX_SIDE, ImageRefused, clean_image
from PIL import Image, PngImagePlugin

SECRET = "Tomakomai-Shrine-42.6340-141.6055"


def picture(kind: str = "JPEG", size: tuple[int, int] = (120, 80), **options: Any) -> bytes:
    out = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.new(mode, size, options.pop("colour", "navy")).save(out, kind, **options)
    return out.getvalue()


def with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = SECRET
    exif[0x8825] = {1: "N", 2: (42.0, 38.0, 2.0), 3: "E", 4: (141.0, 36.0, 20.0)}
    return picture(exif=exif.tobytes(), comment=SECRET.encode())


def refusal(content: bytes) -> str:
    with pytest.raises(ImageRefused) as refused:
        clean_image(content)
    assert any(ord(c) > 0x3000 for c in refused.value.ja)
    assert refused.value.en.isascii()
    return refused.value.code


def test_a_jpeg_keeps_its_picture_and_loses_where_it_was_taken() -> None:
    original = with_exif()
    assert SECRET.encode() in original
    clean = clean_image(original)
    assert SECRET.encode() not in clean.jpeg
    assert b"Exif" not in clean.jpeg
    with Image.open(io.BytesIO(clean.jpeg)) as seen:
        assert seen.format == "JPEG"
        assert dict(seen.getexif()) == {}
        assert "comment" not in seen.info
        red, green, blue = seen.convert("RGB").getpixel((60, 40))  # type: ignore[misc]  # a tuple in RGB
    assert (red < 40, green < 40, 90 < blue < 170) == (True, True, True)


def test_a_png_with_texts_loses_them() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", SECRET)
    texts.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET}</x>")
    original = picture("PNG", pnginfo=texts)
    assert SECRET.encode() in original
    assert SECRET.encode() not in clean_image(original).jpeg


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    assert (clean_image(with_exif(1)).width, clean_image(with_exif(1)).height) == (120, 80)
    assert (clean_image(with_exif(6)).width, clean_image(with_exif(6)).height) == (80, 120)


def test_transparency_becomes_white() -> None:
    clear = picture("PNG", mode="RGBA", colour=(0, 0, 0, 0))
    with Image.open(io.BytesIO(clean_image(clear).jpeg)) as seen:
        assert seen.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "CMYK"])
def test_other_colour_models_are_taken(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert clean_image(picture(kind, mode=mode, colour=0)).width == 120


def test_a_large_picture_is_made_smaller() -> None:
    clean = clean_image(picture(size=(4000, 1000)))
    assert (clean.width, clean.height) == (MAX_SIDE, MAX_SIDE // 4)


def test_no_file_and_too_large_a_file() -> None:
    assert refusal(b"") == "empty"
    assert refusal(b"\xff\xd8" + bytes(MAX_BYTES)) == "too-large"


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_heic_is_refused_with_advice(brand: bytes) -> None:
    assert refusal(b"\x00\x00\x00\x18ftyp" + brand + bytes(40)) == "heic"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_formats_are_refused_by_name(kind: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        clean_image(picture(kind))
    assert refused.value.code == "not-taken"
    assert kind.lower() in refused.value.en.lower()


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 x", b"<svg onload=alert(1)>", b"PK\x03\x04", b"hello", b"\x00" * 100]
)
def test_what_is_no_picture_whatever_its_name(content: bytes) -> None:
    assert refusal(content) == "not-taken"


def test_a_cut_off_file_is_damaged() -> None:
    for kind in ("JPEG", "PNG"):
        whole = picture(kind, size=(600, 600))
        assert refusal(whole[: len(whole) // 2]) == "damaged"


def test_something_hidden_behind_a_picture_is_not_kept() -> None:
    both = picture() + b"<script>alert(1)</script>" + b"PK\x03\x04payload"
    kept = clean_image(both).jpeg
    assert b"script" not in kept
    assert b"payload" not in kept


def test_a_small_file_that_holds_a_huge_picture_is_not_decoded() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"0" * 99))
    assert refusal(bomb + chunk(b"IEND", b"")) == "too-many-pixels"


def test_an_animated_png_is_refused() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    assert refusal(out.getvalue()) == "animated"


@settings(max_examples=60, deadline=None)
@given(noise=st.binary(max_size=400), at=st.integers(0, 700))
def test_any_bytes_are_a_picture_or_refused(noise: bytes, at: int) -> None:
    content = picture()[:at] + noise + picture()[at + len(noise) :]
    try:
        clean = clean_image(content)
    except ImageRefused:
        return
    with Image.open(io.BytesIO(clean.jpeg)) as seen:
        assert seen.size == (clean.width, clean.height)


def test_a_png_of_few_bytes_may_have_fewer_pixels_than_a_photograph() -> None:
    """A telephone's photograph has up to 50 million; a palette PNG of as many is a bomb."""
    size = (5200, 5000)
    assert refusal(picture("PNG", mode="P", size=size, colour=0)) == "too-many-pixels"
    assert clean_image(picture(size=size)).width == MAX_SIDE


def test_a_large_photograph_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    clean = clean_image(picture(size=(6000, 3000), exif=exif.tobytes()))
    assert (clean.width, clean.height) == (MAX_SIDE // 2, MAX_SIDE)
