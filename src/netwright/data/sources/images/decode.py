"""From the bytes of one image file to pixels of a wanted size. The file may be damaged, or made to do harm.

Only formats of a list are tried, by content whatever the file's name says. Width, height and mode are read first:
an image with too many pixels is refused before one of them is decoded.
"""

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm")
MOST_PIXELS = 1 << 26  # 64 megapixels: the largest cameras; decoded they take up 256 MiB
MOST_BYTES = 1 << 27  # of a file
GREY = ("1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "F")
TURNED = (5, 6, 7, 8)  # orientations by which width and height change places


class NoImageError(ValueError):
    """The bytes are no image that can be used; says why."""


@dataclass(frozen=True)
class Header:
    """What a file says of its image before it is decoded."""

    height: int  # after the turn that EXIF asks for
    width: int
    grey: bool
    frames: int  # 1, or more of an animation, of which the first is used


def read_header(content: bytes) -> Header:
    """Return size and colour of an image.

    Raises:
        NoImageError: no image, or one of too many pixels.
    """
    with _opened(content) as image:
        width, height = image.size
        if _orientation(image) in TURNED:
            width, height = height, width
        return Header(height, width, image.mode in GREY, 2 if getattr(image, "is_animated", False) else 1)


def decode(content: bytes, size: tuple[int, int], channels: int) -> NDArray[np.uint8]:
    """Return an image's pixels, uint8 [channels, height, width], turned as EXIF says and scaled to the size.

    Transparent parts become white. 16 bits a colour become 8.

    Args:
        content: of the file.
        size: height and width wanted.
        channels: 1 for grey, 3 for red, green and blue.

    Raises:
        NoImageError: no image, a damaged one, or one of too many pixels.
    """
    from PIL import Image

    height, width = size
    with _opened(content) as image:
        orientation = _orientation(image)
        wanted = (height, width) if orientation in TURNED else (width, height)
        try:
            image.draft("L" if channels == 1 else "RGB", wanted)  # a JPEG is then decoded at a size near the wanted one
            image.load()
            upright = _turned(_plain(image, channels), orientation)
        except Exception as error:  # damaged data reaches Pillow's decoders, which raise whatever they stumble over
            raise NoImageError(f"it cannot be decoded: {error}") from error
        if upright.size != (width, height):
            upright = upright.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0)
        pixels = np.asarray(upright, dtype=np.uint8)
    return pixels[None] if channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _opened(content: bytes) -> "Image":
    from PIL import Image

    if not content:
        raise NoImageError("the file is empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, and of sizes: those are checked below
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise NoImageError(f"expected at most {MOST_PIXELS:,} pixels, got more: {error}") from error
    except Exception as error:  # as in `decode`
        raise NoImageError(f"expected one of {', '.join(FORMATS)}, got none of them") from error
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise NoImageError(f"expected at most {MOST_PIXELS:,} pixels, got {width:,} x {height:,}")
    return image


def _orientation(image: "Image") -> int:
    try:
        found = image.getexif().get(0x0112, 1)
    except Exception:  # noqa: BLE001 - metadata that cannot be read asks for no turn; the pixels may still be sound
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _turned(image: "Image", orientation: int) -> "Image":
    from PIL import Image

    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _plain(image: "Image", channels: int) -> "Image":
    """As grey or RGB of 8 bits."""
    from PIL import Image

    if image.mode.startswith("I") or image.mode == "F":
        image = Image.fromarray(_in_bytes(np.asarray(image)))
    if image.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L" if channels == 1 else "RGB")


def _in_bytes(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale 16-bit numbers to 8 bits; of other ranges the largest number becomes 255."""
    numbers = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0).clip(min=0.0)
    largest = float(numbers.max(initial=0.0))
    most = 255.0 if largest <= 255.0 else 65_535.0 if largest <= 65_535.0 else largest
    return np.asarray((numbers * (255.0 / most)).round(), dtype=np.uint8)
