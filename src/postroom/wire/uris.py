"""Absolute URIs, always with numbers and never with `~`.

`base` is the one public address of the server, without a slash at its end.
"""


def rest(base: str, path: str = "") -> str:
    """Of something below the first version of the API; `path` begins with a slash."""
    return f"{base}/restapi/v1.0{path}"


def account(base: str, account_id: int) -> str:
    """Of an account."""
    return f"{base}/restapi/v1.0/account/{account_id}"


def extension(base: str, account_id: int, extension_id: int) -> str:
    """Of an extension."""
    return f"{base}/restapi/v1.0/account/{account_id}/extension/{extension_id}"


def phone_number(base: str, account_id: int, number_id: int) -> str:
    """Of a phone number."""
    return f"{base}/restapi/v1.0/account/{account_id}/phone-number/{number_id}"


def message(base: str, account_id: int, extension_id: int, id: int) -> str:
    """Of a message."""
    return f"{base}/restapi/v1.0/account/{account_id}/extension/{extension_id}/message-store/{id}"


def conversation(base: str, id: int) -> str:
    """Of a conversation."""
    return f"{base}/restapi/v1.0/conversation/{id}"


def report(base: str, account_id: int, id: str) -> str:
    """Of a message store report."""
    return f"{base}/restapi/v1.0/account/{account_id}/message-store-report/{id}"
