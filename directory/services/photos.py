"""A person's photo: read with suspicion, kept small and square, without what the camera wrote into it."""

import io

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageOps

from common.pictures import damaged, opened_picture
from directory.models import StoredFile, User
from directory.services.files import delete_file, store_file

LARGEST = 5 * 1024 * 1024  # bytes
SIDE = 512  # pixels


def _as_mode(picture: Image.Image, mode: str) -> Image.Image:
    return picture if picture.mode == mode else picture.convert(mode)


def read_photo(upload: UploadedFile) -> bytes:
    """Return `upload` as a square WebP picture; raises `Refused` for whatever is not a picture of bearable size.

    Every pixel is drawn anew: places, devices and whatever else was hidden in or behind the picture are gone.
    """
    picture = opened_picture(upload, largest=LARGEST)

    def read() -> Image.Image:
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG of the telephone is read at the size we need
        ImageOps.exif_transpose(picture, in_place=True)
        side = min(SIDE, *picture.size)
        # Small first, then on white: each further copy of all pixels takes up to 160 MB.
        has_alpha = picture.mode in {"RGBA", "LA", "PA", "P"}
        square = ImageOps.fit(_as_mode(picture, "RGBA" if has_alpha else "RGB"), (side, side), Image.Resampling.LANCZOS)
        if has_alpha:
            square = Image.alpha_composite(Image.new("RGBA", square.size, "white"), square).convert("RGB")
        return square

    square = damaged(read)
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
