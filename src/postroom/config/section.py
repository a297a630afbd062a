"""What the sections of the configuration are made of."""

from typing import Annotated

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=1)]


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A table of the configuration file."""
