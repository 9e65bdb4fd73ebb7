"""How a business would look: what stands beside a form while somebody chooses name, colour and logo."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from loyalty.engine.colours import Palette, contrast, light_palette

COLOUR = "#7a3e1d"


@dataclass(frozen=True, slots=True)
class Look:
    """A business as a preview shows it. colour is always a colour, whatever was typed."""

    name: str
    tagline: str
    colour: str
    logo: Any = None

    @classmethod
    def of(cls, typed: Mapping[str, Any], *, name: str = "", logo: Any = None) -> "Look":
        """Return the look of what is in a form just now."""
        colour = str(typed.get("colour", "")).lower()
        return cls(
            name=str(typed.get("name", ""))[:80] or name or _("Your business"),
            tagline=str(typed.get("tagline", ""))[:140],
            colour=colour if re.fullmatch("#[0-9a-f]{6}", colour) else COLOUR,
            logo=logo,
        )

    @property
    def hex(self) -> str:
        """The colour without its mark, as style sheets are named."""
        return self.colour[1:]

    @property
    def palette(self) -> Palette:
        """What the colour becomes on light ground."""
        return light_palette(self.colour)

    @property
    def contrast(self) -> str:
        """How well text is read on the colour, by WCAG's measure: from 4.5 on it is good."""
        return f"{contrast(self.colour, self.palette.on_brand):.1f}"

    @property
    def is_pale(self) -> bool:
        """Whether text and lines need a darker shade of the colour to be seen on light ground."""
        return self.palette.brand_ink != self.colour
