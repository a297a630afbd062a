"""The `Content-Disposition` header, with any file name.

Source: RFC 6266 4; RFC 8187.
"""

import re
from urllib.parse import quote

LONGEST_NAME = 255
UNRESERVED = "!#$&+-.^_`|~"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\]+")
_UNQUOTABLE = re.compile(r'[^\x20-\x7e]|["%]')


def disposition(kind: str, file_name: str) -> str:
    """The header of `inline` or `attachment`; the name stands in both spellings where they differ.

    Control characters and path separators become `_`.
    """
    name = _UNSAFE.sub("_", file_name)[:LONGEST_NAME].strip() or "content"
    plain = _UNQUOTABLE.sub("_", name)
    header = f'{kind}; filename="{plain}"'
    if plain == name:
        return header
    return f"{header}; filename*=UTF-8''{quote(name, safe=UNRESERVED, errors='replace')}"
