"""The form field for an uploaded picture."""

from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from loyalty.domain import pictures
from loyalty.engine.pictures import PictureFault, PictureRefused, Shape

FAULTS = {
    PictureFault.EMPTY: _("The file is empty. Choose the picture again."),
    PictureFault.TOO_LARGE: _("The picture is larger than 5 MB. Choose a smaller one."),
    PictureFault.NOT_A_PICTURE: _("Choose a picture in PNG, JPEG, WebP or GIF format."),
    PictureFault.TOO_MANY_PIXELS: _("The picture has too many pixels. Choose one of at most 25 megapixels."),
    PictureFault.TOO_SLOW: _(
        "The picture takes too long to read. Try again, or save it as a new PNG or JPEG file and choose that one."
    ),
    PictureFault.BROKEN: _("The picture cannot be read; the file may be damaged. Choose another one."),
}


class PictureField(forms.FileField):
    """A picture, cleaned into a new file of our own drawing; None when nothing was chosen."""

    def __init__(self, *, shape: Shape, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)
        self.shape = shape

    def to_python(self, data: Any) -> ContentFile[bytes] | None:
        """Return the picture drawn anew. Raises ValidationError with what to do instead."""
        if data in self.empty_values:
            return None
        try:
            return pictures.redraw(data, size=data.size, shape=self.shape)
        except PictureRefused as refused:
            raise forms.ValidationError(FAULTS[refused.fault], code=refused.fault.value) from None
