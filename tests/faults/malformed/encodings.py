"""Bytes that are no plain UTF-8: other encodings, marks, line ends, zero bytes, sequences that are none."""

from malformed.case import ROWS, fit, flowers, read, refuse, text

PLAIN = text(flowers())
GERMAN = PLAIN.replace("green", "grün").replace("kind", "Größe")
OF_SIZE = {"command": fit("Größe")}
LINES = flowers()


def _asked(encoding: str) -> dict:
    return {"command": fit("kind", "--set", f"data.encoding={encoding}")}


def _mixed() -> str:
    ends = ("\n", "\r\n", "\r")
    return text([])[:-1] + "\n" + "".join(line + ends[i % 3] for i, line in enumerate(LINES))


ENDED = [
    read("lines end as in Windows", text(LINES, end="\r\n")),
    read("lines end as on an old Macintosh", text(LINES, end="\r")),
    read("lines end in three ways", _mixed()),
    read("the last line does not end", PLAIN[:-1]),
    read("a carriage return before each Windows line end", PLAIN.replace("\n", "\r\r\n")),
    read("a line separator of Unicode in cells", PLAIN.replace("green", "gr\u2028een")),
    read("a form feed and a vertical tab in cells", PLAIN.replace("green", "gr\x0cee\x0bn")),
    read("a next-line character in cells", PLAIN.replace("green", "gr\x85een")),
    read("an end-of-file mark of DOS", PLAIN + "\x1a", ROWS + 1, 1),
]

ENCODED = [
    read("UTF-8 beyond ASCII", GERMAN, **OF_SIZE),
    read("UTF-8 with a mark", GERMAN.encode("utf-8-sig"), **OF_SIZE),
    read("UTF-16 with a mark", GERMAN.encode("utf-16"), **OF_SIZE),
    read("UTF-16, little-endian, no mark", GERMAN.encode("utf-16-le"), **OF_SIZE),
    read("UTF-16, big-endian, no mark", GERMAN.encode("utf-16-be"), **OF_SIZE),
    read("UTF-32 with a mark", GERMAN.encode("utf-32"), **OF_SIZE),
    refuse("UTF-32, no mark", GERMAN.encode("utf-32-le"), "t.csv", "zero byte", "offset", **OF_SIZE),
    read("Latin-1", GERMAN.encode("latin-1"), **OF_SIZE),
    read("Windows-1252", GERMAN.replace("red", "\u201cred\u201d \u20ac").encode("cp1252"), **OF_SIZE),
    read("a byte without a meaning in Windows-1252", GERMAN.encode("latin-1").replace(b"red", b"r\x81d"), **OF_SIZE),
    read("Russian in KOI8-R", PLAIN.replace("red", "красный").encode("koi8-r")),
    read("Japanese in Shift JIS", PLAIN.replace("red", "あか").encode("shift-jis")),
    read("Chinese in GB 18030", PLAIN.replace("red", "红色").encode("gb18030")),
    refuse("EBCDIC", PLAIN.encode("cp500"), "t.csv"),
    read("UTF-16 cut in the middle of a character", PLAIN.encode("utf-16")[:-3], ROWS, 1),
    read("two marks", b"\xef\xbb\xbf" + PLAIN.encode("utf-8-sig")),
    read("a file with a mark after another", (PLAIN + "\ufeff" + PLAIN).encode(), 2 * ROWS + 1, 1),
    read(
        "a mark of UTF-8 before Latin-1",
        b"\xef\xbb\xbf" + PLAIN.replace("0,blue", "0,bläu").encode("latin-1"),
        aside=None,
    ),
    read("emoji, right-to-left marks and joiners", PLAIN.replace("red", "\u202ered\u200d\U0001f339")),
    read("composed and decomposed letters", PLAIN.replace("red", "r\u00e9d", 5).replace("red", "re\u0301d", 5)),
]

BROKEN = [
    read(
        "one byte of invalid UTF-8 among valid ones", GERMAN.encode().replace(b"red", b"r\xffd", 1), aside=1, **OF_SIZE
    ),
    read(
        "surrogates in UTF-8",
        GERMAN.replace("re", "ré").encode().replace("réd".encode(), b"\xed\xa0\x80", 1),
        aside=1,
        **OF_SIZE,
    ),
    read("an overlong slash in UTF-8", GERMAN.encode().replace(b"red", b"\xc0\xaf", 1), aside=1, **OF_SIZE),
    read("UTF-8 cut in the middle of a character", GERMAN.encode() + "3,4,blü".encode()[:-1], ROWS + 1, 1, **OF_SIZE),
    read("replacement characters that the file itself holds", PLAIN.replace("red", "r\ufffdd")),
    refuse("a zero byte in a cell", PLAIN.replace("red", "r\0d", 1), "zero byte", "offset"),
    refuse("a zero byte at the start", "\0" + PLAIN, "zero byte", "offset 0"),
    refuse("zeros to the end of a disk block", PLAIN + "\0" * 4096, "zero byte", "offset"),
    refuse("nothing but zeros", b"\0" * 8192, "t.csv"),
    refuse("a mark and nothing else", b"\xef\xbb\xbf", "t.csv"),
    refuse("a mark of UTF-16 and nothing else", b"\xff\xfe", "t.csv"),
    refuse("UTF-16 of odd length that is noise", b"\xff\xfe" + bytes(range(1, 200)) * 3, "t.csv"),
]

ASKED = [
    read("Latin-1 that is said to be Latin-1", PLAIN.replace("red", "röt").encode("latin-1"), **_asked("latin-1")),
    refuse(
        "Latin-1 that is said to be UTF-8", PLAIN.replace("red", "röt").encode("latin-1"), "utf-8", **_asked("utf-8")
    ),
    refuse("UTF-8 that is said to be UTF-16", PLAIN, "t.csv", **_asked("utf-16")),
    refuse("an encoding that there is not", PLAIN, "t.csv", "utf-9", **_asked("utf-9")),
    *(
        refuse(f"an encoding that is none of text: {name}", PLAIN, "t.csv", name, **_asked(name))
        for name in ("hex", "zlib", "rot13", "base64", "undefined", "idna")
    ),
]
CASES = [*ENDED, *ENCODED, *BROKEN, *ASKED]
