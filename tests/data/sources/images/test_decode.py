"""Bytes of image files to pixels: formats, modes, turns, and files that are damaged or made to do harm."""

import numpy as np
import pytest

from netwright.data.sources.images.decode import MOST_PIXELS, NoImageError, decode, read_header
from tests.data.sources.images import made

SIZE = (made.SIDE, made.SIDE)


def test_pixels_of_a_lossless_file_are_what_was_written():
    image = made.shape_of("disc", 5)
    assert np.array_equal(decode(made.encoded(image), SIZE, 3), image.transpose(2, 0, 1))
    header = read_header(made.encoded(image[:, :10]))
    assert (header.height, header.width, header.grey, header.frames) == (made.SIDE, 10, False, 1)


@pytest.mark.parametrize("name", made.HOSTILE)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_file_is_decoded_or_refused_with_a_reason(name, channels):
    content, sound = made.HOSTILE[name]
    if sound:
        read_header(content)
        pixels = decode(content, (16, 8), channels)
        assert pixels.shape == (channels, 16, 8)
        assert pixels.dtype == np.uint8
    else:
        with pytest.raises(NoImageError, match=r"\w"):
            decode(content, (16, 8), channels)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_an_image_is_turned_as_its_metadata_says(orientation):
    pixels = decode(made.turned(orientation), SIZE, 1)[0]
    assert pixels[:8].min() > 200
    assert pixels[-8:].max() < 50


def test_a_turn_by_a_quarter_changes_height_and_width():
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    header = read_header(made.encoded(np.zeros((10, 30, 3), np.uint8), "JPEG", exif=exif))
    assert (header.height, header.width) == (30, 10)


def test_sixteen_bits_become_eight():
    pixels = decode(made.encoded(made.sixteen_bits()), SIZE, 1)
    assert np.abs(pixels[0].ravel().astype(int) - np.arange(made.SIDE**2) * 100 / 257).max() <= 1


def test_what_is_transparent_becomes_white():
    content, _ = made.HOSTILE["see-through.png"]
    assert (decode(content, SIZE, 3) == 255).all()


def test_the_first_frame_of_an_animation_is_taken():
    assert read_header(made.animation(4)).frames == 2
    assert (decode(made.animation(4), SIZE, 1) == 0).all()


def test_a_bomb_is_refused_before_a_pixel_is_decoded():
    with pytest.raises(NoImageError, match=f"at most {MOST_PIXELS:,} pixels"):
        read_header(made.png_of(50_000, 50_000))


def test_a_text_that_grows_is_not_read():
    with pytest.raises(NoImageError):
        decode(made.with_bomb_in_text(), SIZE, 3)
