"""`postroom export` and `postroom import`: an account becomes a parcel, a parcel an account."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from postroom.app.pages import release
from postroom.directory import copying
from postroom.mailbox import parcels
from postroom.mailbox.exporting import Exporter, Tell
from postroom.mailbox.importing import Importer, Result
from postroom.mailbox.parcels import Packing, Parcel, ParcelRefused, unpack
from postroom.mailbox.walking import EARLIEST, Stretch
from postroom.model.audit import UNSIGNED, Signature
from postroom.model.errors import PostroomError, Unavailable
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import migrations
from postroom.store.blobs import PIECE, UNWRITABLE, Blobs
from postroom.store.database import Store
from postroom.wire.manifest import (
    FORMAT,
    DirectoryRecord,
    ExtensionRecord,
    MailboxCount,
    Manifest,
)
from postroom.wire.times import iso

_SUM = re.compile(rb"([0-9a-f]{64})  ([!-~]+)\n")


class Exported(NamedTuple):
    """What an export comes to; `sha256` is that of its manifest, and so proves all of it."""

    manifest: Manifest
    sha256: str


async def export(
    store: Store,
    blobs: Blobs,
    account_id: AccountId,
    target: Path,
    *,
    extensions: Collection[str],
    stretch: Stretch,
    now_ms: int,
    tell: Tell,
) -> Exported:
    """Write an account, or some extensions of it by number or id, into a new parcel.

    Raises `ParcelRefused`; then nothing of it stays.
    """
    directory = await copying.read(store, account_id)
    wanted = _wanted(directory, extensions)
    packing = Packing(target)
    try:
        with blobs.scratch() as errors:
            exporter = Exporter(
                store=store,
                blobs=blobs,
                packing=packing,
                account_id=account_id,
                errors=errors,
                tell=tell,
            )
            _write(packing, parcels.DIRECTORY, directory)
            counts = [
                await exporter.mailbox(ExtensionId(one.id), one.number, stretch) for one in wanted
            ]
            _copy(packing, parcels.ERRORS, errors)
        manifest = _told(directory, counts, stretch, now_ms, packing.add_sums())
        spelled = _spelled(manifest)
        packing.close(spelled)
    except OSError as error:
        packing.drop()
        raise ParcelRefused(f"{target} cannot be written: {error}") from error
    except BaseException:
        packing.drop()
        raise
    return Exported(manifest, sha256(spelled).hexdigest())


def _spelled(value: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"


def _write(packing: Packing, name: str, value: msgspec.Struct) -> None:
    with packing.file(name) as file:
        file.write(_spelled(value))


def _copy(packing: Packing, name: str, lines: IO[bytes]) -> None:
    """Write what was collected, unless it is nothing."""
    if not lines.tell():
        return
    lines.seek(0)
    with packing.file(name) as file:
        for piece in parcels.pieces(lines):
            file.write(piece)


def _told(
    directory: DirectoryRecord,
    counts: Sequence[MailboxCount],
    stretch: Stretch,
    now_ms: int,
    sums: str,
) -> Manifest:
    return Manifest(
        format=FORMAT,
        program=release(),
        schema=migrations.numbers()[-1],
        account_id=directory.id,
        account_name=directory.name,
        made_at=iso(now_ms),
        since=None if stretch.since_ms == EARLIEST else iso(stretch.since_ms),
        until=iso(stretch.until_ms),
        messages=sum(one.messages for one in counts),
        attachments=sum(one.attachments for one in counts),
        errors=sum(one.errors for one in counts),
        mailboxes=tuple(counts),
        sums=sums,
    )


def _wanted(directory: DirectoryRecord, named: Collection[str]) -> list[ExtensionRecord]:
    """The extensions that are named, by number or by id; all of them where none is."""
    if not named:
        return list(directory.extensions)
    found: dict[int, ExtensionRecord] = {}
    for name in named:
        of_name = [
            one
            for one in directory.extensions
            if name == str(one.id) or (name == one.number and not one.removed)
        ]
        if not of_name:
            raise ParcelRefused(f"there is no extension {name} in {directory.name}")
        found |= {one.id: one for one in of_name}
    return list(found.values())


class Imported(NamedTuple):
    """What an import came to; `is_new` when the account was not there before."""

    manifest: Manifest
    is_new: bool
    result: Result


async def import_(
    store: Store,
    blobs: Blobs,
    source: Path,
    *,
    clock: Callable[[], int],
    tell: Tell,
    problem: Callable[[str], None],
    signed: Signature = UNSIGNED,
) -> Imported:
    """Lay a parcel into the account that it is of, which is made if it is not there.

    Raises `ParcelRefused` when it is no parcel, or not the one that its manifest tells of; what is
    wrong in a part of it is told to `problem`, and the rest is laid.  Raises it as well when this
    server cannot keep what it is given: then what was laid stays.
    """
    with closing(unpack(source)) as parcel:
        manifest = _manifest(parcel)
        sums = _sums(parcel, manifest)
        account_id = AccountId(manifest.account_id)
        told = sha256(_read(parcel, parcels.MANIFEST)).hexdigest()
        is_new = await _directory(store, parcel, account_id, sums, told, signed)
        importer = Importer(
            store=store,
            blobs=blobs,
            parcel=parcel,
            account_id=account_id,
            sums=sums,
            clock=clock,
            tell=tell,
            problem=problem,
            signed=signed,
        )
        laid = there = problems = 0
        try:
            for one in manifest.mailboxes:
                result = await importer.mailbox(ExtensionId(one.extension_id), one.extension_number)
                laid, there = laid + result.laid, there + result.there
                problems += result.problems
        except UNWRITABLE as error:
            raise ParcelRefused(
                f"this server cannot keep more: {error}; what was laid stays, and the same import "
                "goes on from there"
            ) from error
        except Unavailable as error:
            raise ParcelRefused(
                "the database takes nothing now; what was laid stays, and the same import goes on "
                "from there"
            ) from error
    return Imported(manifest, is_new, Result(laid, there, problems))


def _read(parcel: Parcel, name: str) -> bytes:
    file = parcel.open(name)
    if file is None:
        raise ParcelRefused(f"the export has no {name}")
    try:
        with closing(file):
            return file.read()
    except parcels.UNREADABLE as error:
        raise ParcelRefused(f"{name} cannot be read: {error}") from error


def _decoded(name: str, octets: bytes, wanted: Any) -> Any:
    try:
        return msgspec.json.decode(octets, type=wanted)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ParcelRefused(f"{name} cannot be read: {error}") from error


def _manifest(parcel: Parcel) -> Manifest:
    octets = _read(parcel, parcels.MANIFEST)
    format = _decoded(parcels.MANIFEST, octets, dict[str, Any]).get("format")
    if format != FORMAT:
        raise ParcelRefused(f"the export is of format {format}, this Postroom reads {FORMAT}")
    manifest: Manifest = _decoded(parcels.MANIFEST, octets, Manifest)
    return manifest


def _sums(parcel: Parcel, manifest: Manifest) -> Mapping[str, str]:
    """The hashes of everything but attachments, whose hashes stand with their messages."""
    file = parcel.open(parcels.SUMS)
    if file is None:
        raise ParcelRefused(f"the export has no {parcels.SUMS}")
    sums: dict[str, str] = {}
    seen = sha256()
    try:
        with closing(file):
            while line := file.readline(PIECE):
                seen.update(line)
                found = _SUM.fullmatch(line)
                if found is not None and not found[2].startswith(b"attachments/"):
                    sums[found[2].decode()] = found[1].decode()
    except parcels.UNREADABLE as error:
        raise ParcelRefused(f"{parcels.SUMS} cannot be read: {error}") from error
    if seen.hexdigest() != manifest.sums:
        raise ParcelRefused(f"{parcels.SUMS} is not the one that {parcels.MANIFEST} tells of")
    return sums


async def _directory(
    store: Store,
    parcel: Parcel,
    account_id: AccountId,
    sums: Mapping[str, str],
    told: str,
    signed: Signature,
) -> bool:
    """Make the account if it is not there; whether it was made.

    `told` is the hash of the manifest, which the audit log keeps.
    """
    if await copying.is_there(store, account_id):
        await copying.note(store, account_id, told, signed)
        return False
    octets = _read(parcel, parcels.DIRECTORY)
    if sha256(octets).hexdigest() != sums.get(parcels.DIRECTORY):
        raise ParcelRefused(f"{parcels.DIRECTORY} is damaged, and account {account_id} is new here")
    record: DirectoryRecord = _decoded(parcels.DIRECTORY, octets, DirectoryRecord)
    if record.id != account_id:
        raise ParcelRefused(f"{parcels.DIRECTORY} is of another account")
    try:
        await copying.write(store, record, told, signed)
    except ParcelRefused:
        raise
    except PostroomError as error:
        raise ParcelRefused(f"account {account_id} cannot be made: {error.message}") from error
    return True
