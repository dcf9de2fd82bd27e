"""What makes a PDF fit for a print shop: inks instead of light, bleed, crop marks, the printing condition named.

WeasyPrint 70 writes PDF/X-4 with an output intent but leaves every colour that is not `device-cmyk()` in RGB. Here each
colour operator becomes inks before the file is written, so that stylesheets name a colour once for screen and paper.
Near-neutral colours become black ink alone: small letters in four inks are never in register. What cannot be turned into
inks – a gradient, a picture in RGB – fails the render.
"""

import io
import re
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps

PROFILE = Path(__file__).parent / "data" / "FOGRA39L.icc"
CONDITION = "FOGRA39"
CONDITION_IN_WORDS = "Offset printing on coated paper, ISO 12647-2:2004/Amd 1 (FOGRA39L)"
REGISTRY = "http://www.color.org"

MILLIMETRE = 72 / 25.4
BLEED = 3 * MILLIMETRE
# Marks begin beyond the bleed and end before the edge of the sheet, whose width `print.css` gives as `bleed`.
MARK_FROM, MARK_TO, MARK_WIDTH = 4 * MILLIMETRE, 9 * MILLIMETRE, 0.25
_NEUTRAL = 0.09
_JPEG_QUALITY = 92
_LETTERS = re.compile(rb" (rg|RG)$")

Inks = tuple[float, float, float, float]


class NotForPrint(Exception):
    """Something in the document cannot be printed in inks."""


@lru_cache(maxsize=1)
def _profile() -> Any:
    return ImageCms.ImageCmsProfile(io.BytesIO(PROFILE.read_bytes()))


@lru_cache(maxsize=1)
def _to_inks() -> Any:
    return ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"),
        _profile(),
        "RGB",
        "CMYK",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _applied(picture: Image.Image, transform: Any) -> Any:
    return ImageCms.applyTransform(picture, transform)


@lru_cache(maxsize=1)
def _greys() -> list[int]:
    """How light black ink alone is, from none to full, as the green channel of sRGB."""
    ramp = Image.new("CMYK", (256, 1))
    ramp.putdata([(0, 0, 0, ink) for ink in range(256)])
    back = ImageCms.buildTransform(
        _profile(),
        ImageCms.createProfile("sRGB"),
        "CMYK",
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return [green for _red, green, _blue in _applied(ramp, back).get_flattened_data()]


@lru_cache(maxsize=1024)
def inks(red: float, green: float, blue: float) -> Inks:
    """The inks of a colour given in sRGB, each from 0 to 1."""
    light = (0.3 * red + 0.59 * green + 0.11 * blue) * 255
    # Very light tints keep their tone: black ink alone would print cream as grey.
    if max(red, green, blue) - min(red, green, blue) < _NEUTRAL and (light < 200 or light > 254):
        greys = _greys()
        return (0.0, 0.0, 0.0, min(range(256), key=lambda ink: abs(greys[ink] - light)) / 255)
    pixel = Image.new("RGB", (1, 1), (round(red * 255), round(green * 255), round(blue * 255)))
    cyan, magenta, yellow, black = _applied(pixel, _to_inks()).getpixel((0, 0))
    return (cyan / 255, magenta / 255, yellow / 255, black / 255)


def image_in_inks(content: bytes) -> bytes:
    """A picture as a CMYK JPEG; what is transparent becomes paper. A profile of its own is heeded.

    Raises:
        OSError, ValueError: it is no picture.
    """
    with Image.open(io.BytesIO(content)) as opened:
        picture = ImageOps.exif_transpose(opened)
        own = opened.info.get("icc_profile")
    if picture.mode != "CMYK":
        if "transparency" in picture.info or picture.mode in {"RGBA", "LA", "PA"}:
            seen = picture.convert("RGBA")
            paper = Image.new("RGBA", seen.size, "white")
            paper.alpha_composite(seen)
            picture, own = paper, own if picture.mode == "RGBA" else None
        elif picture.mode != "RGB":
            own = None
        picture = picture.convert("RGB")
        picture = _applied(picture, _from_own(own))
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return kept.getvalue()


def _from_own(own: bytes | None) -> Any:
    if own:
        try:
            return ImageCms.buildTransform(ImageCms.ImageCmsProfile(io.BytesIO(own)), _profile(), "RGB", "CMYK")
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile: the picture is taken for sRGB, as a browser does
    return _to_inks()


class PrintShop:
    """Finishes one PDF/X-4 file before it is written. `identity` (hexadecimal) makes its identifier the same each time."""

    def __init__(self, *, identity: str) -> None:
        self.identity = identity

    def color_profile(self) -> Any:
        """The printing condition as WeasyPrint keeps one."""
        from weasyprint.css import ColorProfile

        names = ["cyan", "magenta", "yellow", "black"]
        return ColorProfile(io.BytesIO(PROFILE.read_bytes()), PROFILE.name, "relative-colorimetric", names)

    def finish(self, document: Any, pdf: Any) -> None:
        """WeasyPrint's finisher: everything is there, nothing is written yet."""
        for thing in pdf.objects:
            if isinstance(getattr(thing, "stream", None), list):
                self._stream(thing)
            elif isinstance(thing, dict):
                self._dictionary(thing)
        for number in pdf.pages["Kids"][::3]:
            page = pdf.objects[number]
            _sheet(page, pdf.objects[int(bytes(page["Contents"]).split()[0])])
        intent = pdf.catalog["OutputIntents"][0]
        intent.update(_intent())

    def _stream(self, stream: Any) -> None:
        kind = stream.extra.get("Type")
        if kind == "/Metadata":
            fixed = f"xmp.did:{uuid.uuid5(uuid.NAMESPACE_OID, self.identity)}".encode()
            stream.stream = [re.sub(rb"xmp\.did:[0-9a-f-]{36}", fixed, part) for part in stream.stream]
        elif stream.extra.get("Subtype") == "/Image":
            if stream.extra.get("ColorSpace") == "/DeviceRGB":
                raise NotForPrint("A picture is in RGB: turn it into inks first.")
        elif stream.extra.get("Subtype") == "/Form" or kind in {None, "/Pattern"}:
            stream.stream = [_operator(part) for part in stream.stream]

    def _dictionary(self, thing: Any) -> None:
        if "ShadingType" in thing and thing.get("ColorSpace") != "/DeviceGray":
            raise NotForPrint("A gradient cannot be printed in inks: use a plain colour.")
        for unused in ("lab-d50", "lab-d65"):
            thing.pop(unused, None)


def _operator(part: Any) -> Any:
    """One colour operator in inks; everything else as it is."""
    if not isinstance(part, bytes) or not _LETTERS.search(part):
        return part
    red, green, blue, letters = part.split()
    values = " ".join(f"{ink:.4f}".rstrip("0").rstrip(".") or "0" for ink in inks(float(red), float(green), float(blue)))
    return f"{values} {'K' if letters == b'RG' else 'k'}".encode()


def _sheet(page: Any, contents: Any) -> None:
    """Give a page its boxes, cut what it paints at the bleed, and draw the crop marks outside."""
    left, bottom, right, top = (float(value) for value in page["TrimBox"])
    media = [float(value) for value in page["MediaBox"]]
    box = [
        max(left - BLEED, media[0]),
        max(bottom - BLEED, media[1]),
        min(right + BLEED, media[2]),
        min(top + BLEED, media[3]),
    ]
    page["BleedBox"] = type(page["TrimBox"])(box)
    x, y, x2, y2 = box
    contents.stream.insert(0, f"q {x:.4f} {y:.4f} {x2 - x:.4f} {y2 - y:.4f} re W n".encode())
    contents.stream.append(b"Q")
    if left - media[0] < MARK_TO:  # a sheet without room beyond its bleed
        return
    lines = []
    for edge in (left, right):
        lines += [(edge, bottom - MARK_TO, edge, bottom - MARK_FROM), (edge, top + MARK_FROM, edge, top + MARK_TO)]
    for edge in (bottom, top):
        lines += [(left - MARK_TO, edge, left - MARK_FROM, edge), (right + MARK_FROM, edge, right + MARK_TO, edge)]
    drawn = " ".join(f"{x1:.4f} {y1:.4f} m {x2:.4f} {y2:.4f} l" for x1, y1, x2, y2 in lines)
    # In all four inks: a mark that every plate shows is what they are laid over one another by.
    contents.stream.append(f"/Artifact BMC q 1 1 1 1 K {MARK_WIDTH} w {drawn} S Q EMC".encode())


def _intent() -> dict[str, Any]:
    import pydyf

    return {
        "OutputConditionIdentifier": pydyf.String(CONDITION),
        "OutputCondition": pydyf.String(CONDITION_IN_WORDS),
        "RegistryName": pydyf.String(REGISTRY),
        "Info": pydyf.String(CONDITION_IN_WORDS),
    }
