"""How long a text is, in the unit of the guide.

Source: guide 002: symbols encoded in 2 bytes in UTF-16; one of 4 bytes counts as two.
"""

SMS_UNITS = 1000
PAGER_UNITS = 1024


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
