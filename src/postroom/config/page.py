"""The page `docs/configuration.md`, written from `settings`."""

from collections.abc import Iterator

import msgspec

from postroom.config.keys import NAMED, SECTIONS, Key, keys_of

HEAD = """\
# Configuration

One TOML file, named with `--config`; nothing has to be set.  Every key is also an environment
variable `POSTROOM__SECTION__KEY`, for a carrier `POSTROOM__CARRIERS__NAME__KEY` (the carrier
`acme-eu` is spelled `ACME_EU`); entries of a list have commas between them, and an empty variable
counts as not set.  The environment wins over the file, the command line over both.  A secret can
lie in a file of its own: `KEY_file` names it, relative to the configuration file.

`postroom config check --config FILE` names every mistake by its key.  This page is what
`postroom config keys` prints; `make docs` writes it.
"""
EXAMPLE = """
```toml
[server]
listen = "0.0.0.0:8088"
public_url = "https://messages.example.com"

[store]
url_file = "database.url"

[carriers.acme]
transport = "smpp"
host = "smsc.acme.example"
system_id = "postroom"
password_file = "acme.secret"
prefixes = ["+1", "+44"]
window = 50
rate = 200
```
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD + EXAMPLE, *(line for name in SECTIONS for line in _section(name))])


def _section(section: str) -> Iterator[str]:
    name = f"{section}.NAME" if section in NAMED else section
    yield f"## `[{name}]`"
    yield ""
    yield (SECTIONS[section].__doc__ or "").strip()
    yield ""
    yield "| key | default | expected | |"
    yield "| --- | --- | --- | --- |"
    for key in keys_of(section).values():
        yield f"| {_name(key)} | {_default(key)} | {key.expected} | {key.sentence} |"
    yield ""


def _name(key: Key) -> str:
    return f"`{key.name}`, `{key.name}_file`" if key.is_secret else f"`{key.name}`"


def _default(key: Key) -> str:
    match key.default:
        case msgspec.NODEFAULT:
            return "must be given"
        case bool(value):
            return f"`{str(value).lower()}`"
        case str(value):
            return f'`"{value}"`'
        case tuple(values):
            return "`[" + ", ".join(f'"{value}"' for value in values) + "]`"
        case value:
            return f"`{value}`"
