"""The settings of one process, read once at start.

Only `app` and `cli` read them; rooms below are given plain values.  `settings` is the list of
everything that can be set, `reading` turns a file and the environment into it.
"""

from postroom.config.carrier import Carrier
from postroom.config.mistakes import ConfigError, Mistake
from postroom.config.reading import load
from postroom.config.settings import Settings

__all__ = ["Carrier", "ConfigError", "Mistake", "Settings", "load"]
