"""What is uploaded is kept within bounds while it comes in, before any view sees it."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from loyalty.engine.imports.limits import LARGEST_UPLOAD

PATIENCE = 4
"""An upload of so many times the size that is allowed is read to its end, to answer it; of a larger one, nothing is."""


class WithinBounds(FileUploadHandler):
    """Stops writing the files of a request to the disk as soon as they are, together, larger than any may be.

    The request then has no files and says too_large; what still comes of it is thrown away as it comes.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count a piece and hand it on. Raises StopUpload."""
        self.size += len(raw_data)
        if self.size > LARGEST_UPLOAD:
            assert self.request is not None
            self.request.too_large = True  # type: ignore[attr-defined]
            sent = int(self.request.META.get("CONTENT_LENGTH") or 0)
            raise StopUpload(connection_reset=sent > LARGEST_UPLOAD * PATIENCE)
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        """Leave the file to the handlers behind this one."""
        return None
