"""What no single key can tell: settings that contradict each other."""

from collections.abc import Iterator

from postroom.config.carrier import Carrier
from postroom.config.mistakes import Mistake, missing, shown, spelled
from postroom.config.settings import Settings


def contradictions(settings: Settings) -> Iterator[Mistake]:
    """Everything that is right by itself and wrong together."""
    yield from _open_demo(settings)
    yield from _listen(settings)
    yield from _objects(settings)
    for name, carrier in settings.carriers.items():
        yield from _carrier(name, carrier)


def _open_demo(settings: Settings) -> Iterator[Mistake]:
    """The demo's passwords lie in a file: it is not for others, unless somebody says so."""
    if settings.demo.enabled and not settings.demo.anywhere and not settings.server.is_loopback:
        yield _mistake(
            ("server", "listen"),
            settings.server.listen,
            "a loopback address in demo mode, or [demo] anywhere = true",
        )


def _listen(settings: Settings) -> Iterator[Mistake]:
    if settings.server.port > 65535:
        yield _mistake(("server", "listen"), settings.server.listen, "a port up to 65535")


def _objects(settings: Settings) -> Iterator[Mistake]:
    scheme, found, bucket = settings.store.objects.partition("://")
    if found and (scheme != "s3" or bucket.startswith("/") or not bucket):
        yield _mistake(
            ("store", "objects"), settings.store.objects, "a directory or s3://bucket/prefix"
        )


def _carrier(name: str, carrier: Carrier) -> Iterator[Mistake]:
    if carrier.transport != "smpp":
        return
    for key in ("host", "system_id"):
        if not getattr(carrier, key):
            yield missing(("carriers", name, key), 'text, because transport is "smpp"')


def _mistake(path: tuple[str, ...], value: object, expected: str) -> Mistake:
    return Mistake(key=spelled(path), origin="all together", found=shown(value), expected=expected)
