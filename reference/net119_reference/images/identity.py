"""An identity image as it is kept: one JPEG, upright, without a word about where it was taken.

Pure: bytes in, bytes out. It decodes foreign data, so it belongs into a thread, never into the
event loop.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
"""Largest file taken, before it is looked at."""
MAX_PIXELS = 50_000_000
"""Largest picture decoded: a small file can hold a huge one, and fill the memory."""
MAX_PIXELS_PNG = 25_000_000
"""Largest PNG: one of a few kilobytes can be as large, and none is decoded at a smaller scale."""
MAX_SIDE = 2000
"""Longest side of what is kept, in pixels: enough to read a card."""
QUALITY = 85


class ImageRefused(Exception):
    """A file is not taken as an identity image: a stable ``code``, and what to tell the person."""

    def __init__(self, code: str, ja: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.ja = ja
        self.en = en


@dataclass(frozen=True)
class CleanImage:
    """What is kept: a JPEG without metadata, and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
)
_OTHERS = (
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML"),
    (b"PK\x03\x04", "ZIP"),
)


def clean_image(content: bytes) -> CleanImage:
    """Decode a JPEG or PNG, turn it upright, and write it anew without EXIF, GPS or profile.

    Raises:
        ImageRefused: ``empty``, ``too-large``, ``heic``, ``not-taken`` (another format),
            ``too-many-pixels``, ``animated`` or ``damaged``.
    """
    _look(content)
    try:
        with warnings.catch_warnings():
            # Pillow only warns about a picture up to twice its own limit.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
                return _clean(picture)
    except ImageRefused:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise _not_taken("") from None
    except Exception:
        # Decoders raise whatever a broken file leads them into; to the person it is all one.
        raise ImageRefused(
            "damaged",
            "画像が壊れていて開けません。もう一度撮影して、選び直してください。",
            "The image is damaged and cannot be opened. Take it again and choose the new one.",
        ) from None


def _look(content: bytes) -> None:
    if not content:
        raise ImageRefused("empty", "画像を選んでください。", "Choose an image.")
    if len(content) > MAX_BYTES:
        raise ImageRefused(
            "too-large",
            "画像が大きすぎます。10MBまでの画像を選んでください。",
            "The image is too large. Choose one of at most 10 MB.",
        )
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        raise ImageRefused(
            "heic",
            "HEIC形式の画像は使えません。iPhoneでは「設定」→「カメラ」→「フォーマット」で"
            "「互換性優先」を選んで撮り直すか、画像のスクリーンショットを選んでください。",
            "HEIC images cannot be used. On an iPhone choose Settings, Camera, Formats, Most "
            "Compatible and take it again, or choose a screenshot of the image.",
        )
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        raise _not_taken("WebP")
    head = content[:64].lstrip()
    for magic, name in _OTHERS:
        if head.startswith(magic):
            raise _not_taken(name)


def _not_taken(name: str) -> ImageRefused:
    ja = f"{name}形式のファイルは使えません。" if name else "このファイルは画像ではありません。"
    en = f"{name} files cannot be used. " if name else "This file is no image. "
    return ImageRefused(
        "not-taken",
        f"{ja}JPEGかPNGの画像を選んでください。",
        f"{en}Choose a JPEG or PNG image.",
    )


def _too_many_pixels() -> ImageRefused:
    return ImageRefused(
        "too-many-pixels",
        "画像の縦横が大きすぎます。小さく撮り直すか、縮小してください。",
        "The picture has too many pixels. Take a smaller one, or reduce it.",
    )


def _clean(picture: Image.Image) -> CleanImage:
    width, height = picture.size
    if width * height > (MAX_PIXELS_PNG if picture.format == "PNG" else MAX_PIXELS):
        raise _too_many_pixels()
    if getattr(picture, "n_frames", 1) > 1 and picture.format == "PNG":
        raise ImageRefused(
            "animated",
            "動く画像は使えません。動かない画像を選んでください。",
            "Animated images cannot be used. Choose a still one.",
        )
    if picture.format == "JPEG":
        # Decoded at the smallest scale that is still large enough; nothing for other formats.
        picture.draft(None, (MAX_SIDE, MAX_SIDE))
    # Upright before the note that says so is dropped with all other metadata; in place, since
    # each copy of a large picture is a hundred megabytes.
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode in ("RGBA", "LA", "P", "PA"):
        with_alpha = picture.convert("RGBA")
        flat = Image.new("RGB", with_alpha.size, "white")
        flat.paste(with_alpha, mask=with_alpha)
    else:
        flat = picture.convert("RGB")
    flat.thumbnail((MAX_SIDE, MAX_SIDE))
    # A new picture of nothing but the pixels: no info dictionary is carried along.
    bare = Image.frombytes("RGB", flat.size, flat.tobytes())
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY)
    return CleanImage(out.getvalue(), *bare.size)
