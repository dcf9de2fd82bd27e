"""No upload fills the disk: files beyond a limit are read past, not kept, and the view is told."""

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

LARGEST_UPLOAD = 25 * 1024 * 1024  # bytes


class LimitedUploadHandler(FileUploadHandler):
    """Stands before Django's handlers; leaves out files larger than `LARGEST_UPLOAD`."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > LARGEST_UPLOAD:
            assert self.request is not None
            left_out: set[str] = getattr(self.request, "left_out", set())
            self.request.left_out = left_out | {str(self.field_name)}  # type: ignore[attr-defined]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None  # the next handler has it


def was_left_out(request: HttpRequest, field: str) -> bool:
    """Whether the file sent as `field` was too large to be kept."""
    return field in getattr(request, "left_out", set())
