"""Who may send an SMS from where to where.

Source: guide 002; wire.md 2.2, 5.2, 5.10.
"""

import msgspec

from postroom.model.access import may_send
from postroom.model.address import is_short, parse_msisdn
from postroom.model.company import Company
from postroom.model.drafts import SmsDraft
from postroom.model.errors import DuplicateValue, InvalidParameter
from postroom.model.extension import Extension
from postroom.model.refusals import (
    ExtensionNumberGiven,
    MessageTooLong,
    NotYourNumber,
    ShortNumberGiven,
    TypeMayNotSend,
)
from postroom.model.text import SMS_UNITS, units


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """An SMS that may be sent; both ends are MSISDNs."""

    own: str
    peer: str
    text: str


def check(company: Company, sender: Extension, draft: SmsDraft) -> Letter:
    """What shall be sent.

    Raises the refusals of wire.md 2.2: `TypeMayNotSend`, `InvalidParameter`, `MessageTooLong`,
    `NotYourNumber`, `DuplicateValue`, `ExtensionNumberGiven`, `ShortNumberGiven`.
    """
    if not may_send(sender):
        raise TypeMayNotSend(sender.type)
    check_text(draft.text)
    peer = _recipient(company, draft.recipients)
    return Letter(own=_sender(company, sender, draft.sender), peer=peer, text=draft.text)


def check_text(text: str) -> None:
    """Raises `MessageTooLong`, or `InvalidParameter` for no text and for NUL characters."""
    if not text:
        raise InvalidParameter("text", "it is empty")
    if "\0" in text:
        raise InvalidParameter("text", "it has a NUL character")
    if (length := units(text)) > SMS_UNITS:
        raise MessageTooLong(length, SMS_UNITS)


def _sender(company: Company, sender: Extension, spelled: str) -> str:
    msisdn = parse_msisdn(spelled, company.settings.home_country)
    if msisdn is None:
        raise InvalidParameter("from.phoneNumber")
    number = company.numbers.get(msisdn)
    if number is None or number.owner != sender.id:
        raise NotYourNumber
    return msisdn


def _recipient(company: Company, spelled: tuple[str, ...]) -> str:
    if not spelled:
        raise InvalidParameter("to")
    first, *others = [_parse_recipient(company, one) for one in spelled]
    if not others:
        return first
    if len({first, *others}) < len(spelled):
        raise DuplicateValue("to.phoneNumber")
    raise InvalidParameter("to", "a text message has one recipient; group messages are MMS")


def _parse_recipient(company: Company, spelled: str) -> str:
    msisdn = parse_msisdn(spelled, company.settings.home_country)
    if msisdn is not None:
        return msisdn
    if spelled.strip() in company.by_number:
        raise ExtensionNumberGiven
    if is_short(spelled):
        raise ShortNumberGiven
    raise InvalidParameter("to.phoneNumber")
