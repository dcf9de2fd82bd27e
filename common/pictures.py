"""Pictures that people send: opened with suspicion, refused in plain words."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps

from common.access import Refused

MOST_PIXELS = 40_000_000  # what a good telephone takes; a small file can claim many more and fill the memory
_ENDINGS = {"JPEG": {"jpg", "jpeg", "jfif"}, "PNG": {"png"}, "WEBP": {"webp"}}
_MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def opened_picture(upload: UploadedFile, *, largest: int) -> Image.Image:
    """The picture in `upload`, its pixels not read yet; says in a sentence why not.

    Args:
        largest: the most bytes that it may have.
    """
    size = upload.size or 0
    if size > largest:
        sizes = {"size": filesizeformat(size), "most": filesizeformat(largest)}
        raise Refused(_("The picture has %(size)s; %(most)s is the most. Make it smaller or choose another one.") % sizes)
    try:
        picture = Image.open(upload, formats=list(_ENDINGS))
    except Image.DecompressionBombError as error:
        raise Refused(_too_many_pixels()) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Refused(_("This file is not a picture that we can read. Choose a JPEG, PNG or WebP picture.")) from error
    if picture.width * picture.height > MOST_PIXELS:
        raise Refused(_too_many_pixels())
    ending = (upload.name or "").rpartition(".")[2].lower()
    if ending not in _ENDINGS[picture.format or ""]:
        words = {"name": upload.name, "format": picture.format}
        raise Refused(
            _("The name %(name)s does not fit what the file holds, a %(format)s picture. Save it again as a picture.") % words
        )
    return picture


def _too_many_pixels() -> str:
    return _("The picture has more than %(most)d million pixels. Make it smaller or choose another one.") % {
        "most": MOST_PIXELS // 1_000_000
    }


def damaged(read: Callable[[], Image.Image]) -> Image.Image:
    """What `read` makes of a picture's pixels; a picture that ends too early is refused in a sentence."""
    # WeasyPrint, once imported in this process, makes Pillow fill up with grey what is cut off.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        return read()
    except (OSError, SyntaxError, ValueError, MemoryError) as error:
        raise Refused(
            _("The picture is damaged: it ends too early or holds errors. Save it again or choose another one.")
        ) from error


def redrawn(upload: UploadedFile, *, largest: int, least_side: int, most_side: int) -> tuple[bytes, str, tuple[int, int]]:
    """The picture in `upload` drawn anew in its own format: its bytes, its type, width and height.

    Places, devices and whatever else was hidden in or behind the picture are gone; it is turned upright and, where a side
    is longer than `most_side`, made smaller.
    """
    picture = opened_picture(upload, largest=largest)
    form = picture.format or "PNG"
    if min(picture.size) < least_side:
        raise Refused(
            _("The picture is %(width)d × %(height)d pixels; each side needs %(least)d at least to be read in print.")
            % {"width": picture.width, "height": picture.height, "least": least_side}
        )

    def read() -> Image.Image:
        ImageOps.exif_transpose(picture, in_place=True)
        has_alpha = form != "JPEG" and (picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info)
        flat = picture.convert("RGBA" if has_alpha else "RGB")
        flat.thumbnail((most_side, most_side), Image.Resampling.LANCZOS)
        return flat

    flat = damaged(read)
    clean = Image.new(flat.mode, flat.size)
    clean.paste(flat)
    kept = BytesIO()
    quality: dict[str, dict[str, Any]] = {
        "JPEG": {"quality": 90, "optimize": True},
        "PNG": {"optimize": True},
        "WEBP": {"quality": 90},
    }
    clean.save(kept, form, **quality[form])
    return kept.getvalue(), _MIMES[form], clean.size
