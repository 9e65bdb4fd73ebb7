"""Files that somebody might send where a picture is asked for."""

import struct
import zlib
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
MEGABYTE = 1024 * 1024


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **save: object) -> bytes:
    """Return an honest picture."""
    out = BytesIO()
    Image.new(mode, size, "#7a3e1d" if mode in ("RGB", "RGBA") else 1).save(out, kind, **save)
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """Return one chunk of a PNG file."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG file that says it is enormous, and is."""
    rows = zlib.compressobj(9)
    line = b"\0" * (1 + width // 8)
    body = b"".join(rows.compress(line) for _ in range(min(height, 3000))) + rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """Return a PNG file with a note that unpacks to 200 MB."""
    honest = picture()
    note = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 200 * MEGABYTE, 9))
    return honest[:33] + note + honest[33:]


def scan_bomb(scans: int, side: int = 4000) -> bytes:
    """Return a small JPEG file that goes over its whole picture so many times more."""
    honest = picture("JPEG", (side, side), progressive=True)
    last = honest.rindex(b"\xff\xda")
    return honest[:last] + honest[last:-2] * scans + honest[-2:]


def with_metadata() -> bytes:
    """Return a JPEG file that tells where it was taken, by whom and with what."""
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return picture("JPEG", (80, 40), exif=exif, comment=b"secret comment")


def with_text() -> bytes:
    """Return a PNG file with a note in it."""
    note = PngInfo()
    note.add_text("Author", "secret author")
    return picture("PNG", pnginfo=note)


# What is refused, by name: the file's name, its content, and what the browser says it is.
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "nothing": ("logo.png", b"", "image/png"),
    "too large a file": ("logo.png", picture() + b"\0" * (50 * MEGABYTE), "image/png"),
    "a pixel bomb": ("logo.png", bomb(60_000, 60_000), "image/png"),
    "a smaller pixel bomb": ("logo.png", bomb(8_000, 4_000), "image/png"),
    "a text bomb": ("logo.png", text_bomb(), "image/png"),
    "a picture of many scans": ("logo.jpg", scan_bomb(300, 200), "image/jpeg"),
    "a drawing with a script": ("logo.svg", SVG, "image/svg+xml"),
    "a drawing called a picture": ("logo.png", SVG, "image/png"),
    "a page called a picture": ("logo.png", HTML, "image/png"),
    "a program": ("logo.png", b"MZ\x90\0" + b"\0" * 500, "image/png"),
    "an archive": ("logo.webp", b"PK\x03\x04" + b"\0" * 500, "image/webp"),
    "half a picture": ("logo.png", picture(size=(400, 400))[:90], "image/png"),
    "a head without a picture": ("logo.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40, "image/jpeg"),
    "sound in the same wrapping": ("logo.webp", b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 40, "image/webp"),
    "an old format": ("logo.bmp", picture("BMP"), "image/bmp"),
    "a document": ("logo.pdf", picture("PDF"), "application/pdf"),
    "PostScript": ("logo.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "image/png"),
}

# What is taken, and drawn anew.
TAKEN: dict[str, tuple[str, bytes, str]] = {
    "a PNG": ("logo.png", picture(), "image/png"),
    "a JPEG": ("logo.jpg", picture("JPEG"), "image/jpeg"),
    "a WebP": ("logo.webp", picture("WEBP"), "image/webp"),
    "a GIF": ("logo.gif", picture("GIF", mode="P"), "image/gif"),
    "the wrong extension": ("logo.exe", picture(), "application/x-msdownload"),
    "a name that climbs": ("../../config/settings.py", picture(), "image/png"),
    "a name beyond any length": ("a" * 5000 + ".png", picture(), "image/png"),
    "a picture that is a page, too": ("logo.png", picture() + HTML, "image/png"),
    "a page in a note": ("logo.gif", picture("GIF", mode="P", comment=HTML), "image/gif"),
}
