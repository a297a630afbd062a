"""What an extension wants to be told by e-mail or SMS; spelled as on the wire.

A member that is `UNSET` was not chosen: in a change it stays as it was, in what is kept the default
stands for it.  Source: wire.md 2.12.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from postroom.model.address import parse_msisdn
from postroom.model.errors import DuplicateValue, InvalidParameter
from postroom.model.refusals import FeatureUnavailable

MOST_NUMBERS = 10
MOST_ADDRESSES = 50
LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
Strings = tuple[str, ...] | UnsetType
Flag = bool | UnsetType
S = TypeVar("S", bound=msgspec.Struct)


class NoteCategory(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How one is told of one kind of thing."""

    notify_by_email: Flag = UNSET
    notify_by_sms: Flag = UNSET
    advanced_email_addresses: Strings = UNSET
    advanced_sms_email_addresses: Strings = UNSET


class Category(NoteCategory, frozen=True, kw_only=True, rename="camel"):
    """How one is told of one kind of message or call."""

    advanced_sms_phone_numbers: Strings = UNSET


class FaxCategory(Category, frozen=True, kw_only=True, rename="camel"):
    """How one is told of faxes that came in."""

    include_attachment: Flag = UNSET
    mark_as_read: Flag = UNSET


class VoicemailCategory(FaxCategory, frozen=True, kw_only=True, rename="camel"):
    """How one is told of voicemails."""

    include_transcription: Flag = UNSET


class Notifications(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The notification settings of an extension; `include_managers` is of departments."""

    email_addresses: Strings = UNSET
    sms_phone_numbers: Strings = UNSET
    sms_email_addresses: Strings = UNSET
    advanced_mode: Flag = UNSET
    include_managers: Flag = UNSET
    voicemails: VoicemailCategory | UnsetType = UNSET
    inbound_faxes: FaxCategory | UnsetType = UNSET
    outbound_faxes: Category | UnsetType = UNSET
    inbound_texts: Category | UnsetType = UNSET
    missed_calls: Category | UnsetType = UNSET
    call_notes: NoteCategory | UnsetType = UNSET


def _silent(kind: type[S]) -> S:
    """A category as it is before anybody chose: flags off, lists empty."""
    fields = msgspec.structs.fields(kind)
    return kind(**{one.name: False if one.type == Flag else () for one in fields})


DEFAULTS = Notifications(
    sms_phone_numbers=(),
    sms_email_addresses=(),
    advanced_mode=False,
    voicemails=_silent(VoicemailCategory),
    inbound_faxes=_silent(FaxCategory),
    outbound_faxes=_silent(Category),
    inbound_texts=_silent(Category),
    missed_calls=_silent(Category),
    call_notes=_silent(NoteCategory),
)


def over(chosen: S, before: S | UnsetType) -> S:
    """What is chosen, and what was before where nothing is, category by category."""
    if isinstance(before, UnsetType):
        return chosen
    merged: dict[str, Any] = {}
    for name in chosen.__struct_fields__:
        new, old = getattr(chosen, name), getattr(before, name)
        merged[name] = over(new, old) if isinstance(new, msgspec.Struct) else new
        if new is UNSET:
            merged[name] = old
    return type(chosen)(**merged)


def complete(chosen: Notifications, email: str, *, is_department: bool) -> Notifications:
    """The settings in effect; one's own e-mail address is told unless others were chosen."""
    mine = Notifications(
        email_addresses=(email,) if email else (),
        include_managers=True if is_department else UNSET,
    )
    whole = over(over(chosen, mine), DEFAULTS)
    return whole if is_department else msgspec.structs.replace(whole, include_managers=UNSET)


def check_complete(whole: Notifications) -> None:
    """Raises `InvalidParameter` when nobody at all would be told of a department's messages."""
    if whole.include_managers is False and not whole.email_addresses:
        raise InvalidParameter("emailAddresses", "somebody is needed where managers are left out")


def clean(change: Notifications, home_country: str) -> Notifications:
    """A change with its numbers in E.164.

    Raises `InvalidParameter` and `DuplicateValue` naming the member, `FeatureUnavailable` when
    voicemail shall be written down.
    """
    voicemails = change.voicemails
    if isinstance(voicemails, VoicemailCategory) and voicemails.include_transcription is True:
        raise FeatureUnavailable("VoicemailToText")
    return _cleaned(change, home_country, "")


def _cleaned(given: S, home_country: str, prefix: str) -> S:
    values: dict[str, Any] = {}
    for name, spelled, value in _members(given):
        place = f"{prefix}{spelled}"
        if isinstance(value, msgspec.Struct):
            values[name] = _cleaned(value, home_country, f"{place}.")
        elif isinstance(value, tuple):
            kind: Callable[[tuple[str, ...], str, str], tuple[str, ...]]
            kind = _numbers if name.endswith("phone_numbers") else _addresses
            values[name] = kind(value, place, home_country)
    return msgspec.structs.replace(given, **values)


def _members(given: msgspec.Struct) -> Iterator[tuple[str, str, Any]]:
    for name, spelled in zip(given.__struct_fields__, given.__struct_encode_fields__, strict=True):
        yield name, spelled, getattr(given, name)


def _numbers(given: tuple[str, ...], place: str, home_country: str) -> tuple[str, ...]:
    if len(given) > MOST_NUMBERS:
        raise InvalidParameter(place, f"at most {MOST_NUMBERS} numbers are allowed")
    numbers = tuple(parse_msisdn(one, home_country) or "" for one in given)
    if "" in numbers:
        raise InvalidParameter(place, "it has something that is no phone number")
    if len(set(numbers)) < len(numbers):
        raise DuplicateValue(place)
    return numbers


def _addresses(given: tuple[str, ...], place: str, _: str) -> tuple[str, ...]:
    if len(given) > MOST_ADDRESSES:
        raise InvalidParameter(place, f"at most {MOST_ADDRESSES} addresses are allowed")
    if not all(len(one) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(one) for one in given):
        raise InvalidParameter(place, "it has something that is no e-mail address")
    return given
