"""Screenshots that a person attaches: only pictures, made anew, without what a camera adds."""

from io import BytesIO

from PIL import Image, ImageOps

from net119_conformance.catalogue import Text

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")


class PictureRefused(Exception):
    """It is no picture that can be kept; ``text`` says why, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def cleaned(data: bytes) -> tuple[bytes, str]:
    """The picture without metadata (place, device, comments), and its ending: ``png`` or ``jpg``.

    Raises:
        PictureRefused: it is too large, or no PNG, JPEG or WebP.
    """
    if len(data) > MOST_BYTES:
        raise PictureRefused(_LARGE)
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureRefused(_LARGE)
            is_photo = opened.format == "JPEG"
            # Pixels alone: whatever else the file says of place, time or person stays behind.
            upright = ImageOps.exif_transpose(opened)
            plain = upright.convert("RGB" if is_photo else "RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise PictureRefused(_NO_PICTURE) from wrong
    made = BytesIO()
    bare = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    if is_photo:
        bare.save(made, "JPEG", quality=88)
    else:
        bare.save(made, "PNG")
    return made.getvalue(), "jpg" if is_photo else "png"


_LARGE = Text(
    ja="画像が大きすぎます。10 MB、4,000 万画素以内にしてください。",
    en="The picture is too large: 10 MB and 40 megapixels at most.",
)
_NO_PICTURE = Text(
    ja="画像として読めません。PNG・JPEG・WebP を選んでください。",
    en="It cannot be read as a picture. Choose a PNG, JPEG or WebP.",
)
