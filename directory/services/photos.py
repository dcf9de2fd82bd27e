"""A person's photo: read with suspicion, kept small and square, without what the camera wrote into it."""

import io

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps

from common.access import Refused
from directory.models import StoredFile, User
from directory.services.files import delete_file, store_file

LARGEST = 5 * 1024 * 1024  # bytes
MOST_PIXELS = 40_000_000  # what a good telephone takes; a small file can claim many more and fill the memory
SIDE = 512  # pixels
_ENDINGS = {"JPEG": {"jpg", "jpeg", "jfif"}, "PNG": {"png"}, "WEBP": {"webp"}}


def _opened(upload: UploadedFile) -> Image.Image:
    """The picture in `upload`, its pixels not read yet; says in a sentence why not."""
    size = upload.size or 0
    if size > LARGEST:
        sizes = {"size": filesizeformat(size), "most": filesizeformat(LARGEST)}
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


def _as_mode(picture: Image.Image, mode: str) -> Image.Image:
    return picture if picture.mode == mode else picture.convert(mode)


def read_photo(upload: UploadedFile) -> bytes:
    """Return `upload` as a square WebP picture; raises `Refused` for whatever is not a picture of bearable size.

    Every pixel is drawn anew: places, devices and whatever else was hidden in or behind the picture are gone.
    """
    picture = _opened(upload)
    # WeasyPrint, once imported in this process, makes Pillow fill up with grey what is cut off.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG of the telephone is read at the size we need
        ImageOps.exif_transpose(picture, in_place=True)
        side = min(SIDE, *picture.size)
        # Small first, then on white: each further copy of all pixels takes up to 160 MB.
        has_alpha = picture.mode in {"RGBA", "LA", "PA", "P"}
        square = ImageOps.fit(_as_mode(picture, "RGBA" if has_alpha else "RGB"), (side, side), Image.Resampling.LANCZOS)
        if has_alpha:
            square = Image.alpha_composite(Image.new("RGBA", square.size, "white"), square).convert("RGB")
    except (OSError, SyntaxError, ValueError, MemoryError) as error:
        raise Refused(
            _("The picture is damaged: it ends too early or holds errors. Save it again or choose another one.")
        ) from error
    clean = Image.new("RGB", square.size)
    clean.paste(square)
    kept = io.BytesIO()
    clean.save(kept, "WEBP", quality=82)
    return kept.getvalue()


@transaction.atomic
def set_photo(*, person: User, content: bytes | None) -> None:
    """Keep `content` (from `read_photo`) as the person's photo, or none; the file of the old one goes if nobody else uses it."""
    locked = User.objects.select_for_update(of=("self",)).select_related("photo").get(pk=person.pk)
    before: StoredFile | None = locked.photo
    person.photo = store_file(content=content, mime="image/webp") if content else None
    person.save(update_fields=["photo"])
    if before and before != person.photo:
        delete_file(before)
