"""Small images made for tests, sound and hostile."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

SIDE = 24


def shape_of(label, seed, side=SIDE):
    """A bright disc, square or pair of stripes on a dark ground, somewhere: uint8 [side, side, 3]."""
    random = np.random.default_rng((["disc", "square", "stripes"].index(label), seed))
    image = random.integers(0, 60, (side, side, 3))
    top, left = random.integers(2, side - 14, 2)
    rows, columns = np.mgrid[:side, :side]
    inside = (rows >= top) & (rows < top + 12) & (columns >= left) & (columns < left + 12)
    if label == "disc":
        inside &= (rows - top - 5.5) ** 2 + (columns - left - 5.5) ** 2 < 36
    elif label == "stripes":
        inside &= (columns - left) % 6 < 2
    image[inside] = random.integers(140, 255, 3)
    return image.astype(np.uint8)


def encoded(image, form="PNG", **options):
    target = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(target, form, **options)
    return target.getvalue()


def write_shapes(root, each=30, parts=("",)):
    """Folders disc, square and stripes, in each part."""
    for number, part in enumerate(parts):
        for label in ("disc", "square", "stripes"):
            folder = root / part / label
            folder.mkdir(parents=True)
            for seed in range(each):
                (folder / f"{seed:03}.png").write_bytes(encoded(shape_of(label, seed + 1000 * number)))
    return root


def png_of(width, height):
    """A PNG whose head says so many pixels, of a few bytes."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 20_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def plain(mode, side=SIDE, value=120):
    return Image.new(mode, (side, side), value)


def sixteen_bits():
    return Image.fromarray((np.arange(SIDE * SIDE).reshape(SIDE, SIDE) * 100).astype(np.uint16))


def animation(frames):
    first, *others = (plain("L", value=20 * number) for number in range(frames))
    return encoded(first, "GIF", save_all=True, append_images=others)


def turned(orientation):
    """A JPEG whose upper half is white once it is turned as its metadata says."""
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    image[: SIDE // 2] = 255
    undo = {3: 2, 6: 1, 8: 3}[orientation]  # quarter turns against the clock
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(np.rot90(image, undo).copy(), "JPEG", exif=exif)


def with_bomb_in_text():
    """A PNG with a text of 64 MiB packed into a few kilobytes."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("comment", "a" * (1 << 26), zip=True)
    return encoded(shape_of("disc", 0), "PNG", pnginfo=info)


JPEG = encoded(shape_of("disc", 1), "JPEG")
PNG = encoded(shape_of("square", 1))
SVG = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'

# What may lie in a folder of images: bytes, and whether they can be used.
HOSTILE = {
    "empty.jpg": (b"", False),
    "text.png": (b"this is no image", False),
    "zeros.jpg": (bytes(5000), False),
    "cut-jpeg.jpg": (JPEG[: len(JPEG) // 2], False),
    "cut-png.png": (PNG[: len(PNG) // 2], False),
    "head-only.png": (PNG[:33], False),
    "noise-inside.jpg": (JPEG[:300] + bytes(range(256)) * 4, False),
    "svg.png": (SVG, False),
    "bomb.png": (png_of(50_000, 50_000), False),
    "wide.png": (png_of(2_000_000, 40), False),
    "nothing-wide.png": (png_of(0, 40), False),
    "huge-sides.png": (png_of(2**31 - 1, 2**31 - 1), False),
    "fits.tif": (b"SIMPLE  =                    T" + b" " * 3000, False),
    "psd.jpg": (b"8BPS\0\1" + bytes(500), False),
    "script.gif": (b"#!/bin/sh\nrm -rf /\n", False),
    "one-pixel.png": (encoded(plain("RGB", 1, (9, 9, 9))), True),
    "png-called-jpg.jpg": (PNG, True),
    "jpg-called-png.png": (JPEG, True),
    "cmyk.jpg": (encoded(plain("CMYK", value=(0, 90, 90, 0)), "JPEG"), True),
    "sixteen-bits.png": (encoded(sixteen_bits()), True),
    "palette.png": (encoded(plain("P", value=3), transparency=0), True),
    "see-through.png": (encoded(plain("RGBA", value=(9, 9, 9, 0))), True),
    "bits.png": (encoded(plain("1", value=1)), True),
    "grey-and-alpha.png": (encoded(plain("LA", value=(5, 128))), True),
    "animated.gif": (animation(5), True),
    "turned.jpg": (turned(6), True),
    "sixteen-bits.tif": (encoded(sixteen_bits(), "TIFF"), True),
    "lossless.webp": (encoded(shape_of("disc", 2), "WEBP", lossless=True), True),
    "bitmap.bmp": (encoded(shape_of("disc", 3), "BMP"), True),
}
