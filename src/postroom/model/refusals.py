"""What is refused about messages and departments: the leaves of the tree in `model/errors.py`.

Source: wire.md 2.2, 2.4, 3.5; guide 001, guide 002.
"""

from postroom.model.errors import Forbidden, Invalid


class MessageTooLong(Invalid):
    """The text is longer than the channel allows."""

    def __init__(self, units: int, limit: int) -> None:
        super().__init__(
            f"Parameter [text] value is invalid: {units} UTF-16 units, at most {limit} are allowed",
            parameterName="text",
        )


class NotYourNumber(Invalid):
    """An SMS from a number that the caller does not own."""

    code = "MSG-245"
    sentence = "The number in parameter [from] does not belong to the extension"
    parameter = "from"


class ExtensionNumberGiven(Invalid):
    """An SMS to an extension number."""

    code = "MSG-246"
    sentence = "An SMS cannot be sent to an extension number"
    parameter = "to.phoneNumber"


class ShortNumberGiven(Invalid):
    """An SMS to a short number."""

    code = "MSG-247"
    sentence = "An SMS cannot be sent to a short number"
    parameter = "to.phoneNumber"


class CountryGivenTwice(Invalid):
    """Both `country.id` and `country.isoCode`."""

    code = "MSG-365"
    sentence = "Parameters [country.id] and [country.isoCode] exclude each other"
    parameter = "country"


class NoDepartmentMembers(Invalid):
    """A page to a department that has no member at all."""

    code = "MSG-316"

    def __init__(self, number: str) -> None:
        super().__init__(f"Department {number} has no members", parameterName="to")


class RecipientInactive(Invalid):
    """A page that names a Disabled or Frozen extension."""

    code = "MSG-324"

    def __init__(self, numbers: str) -> None:
        super().__init__(
            "Pages cannot be sent to disabled or frozen extensions, and nothing was sent: "
            f"{numbers}",
            parameterName="to",
        )


class SenderNumberMismatch(Invalid):
    """`from.extensionNumber` is not the caller's."""

    code = "MSG-331"
    sentence = "Parameter [from.extensionNumber] is not the extension that is logged in"
    parameter = "from.extensionNumber"


class SenderIdMismatch(Invalid):
    """`from.extensionId` is not the caller's."""

    code = "MSG-332"
    sentence = "Parameter [from.extensionId] is not the extension that is logged in"
    parameter = "from.extensionId"


class RecipientMismatch(Invalid):
    """`extensionNumber` and `extensionId` of one recipient name two extensions."""

    code = "MSG-335"
    sentence = "Parameters [to.extensionNumber] and [to.extensionId] name different extensions"
    parameter = "to"


class SameInBothLists(Invalid):
    """An extension is to be added and removed at once."""

    code = "EXT-401"
    sentence = "The same extension is in both sections"


class MayNotBeMember(Invalid):
    """An extension of this type cannot be a member of a department."""

    code = "EXT-405"

    def __init__(self, number: str) -> None:
        super().__init__(f"Extension {number} cannot be a member of a department")


class FullSyncRequired(Invalid):
    """A sync token that is damaged, outdated, or of another mailbox or frame.

    Clients begin again with a full synchronization.  Source: wire.md 2.9.
    """

    code = "MSG-333"
    sentence = "Parameter [syncToken] is invalid, full synchronization is required"
    parameter = "syncToken"


class TooManyTemplates(Invalid):
    """The user, or the company, has as many templates as there may be.

    No source has a code of its own for it.
    """

    code = "CMN-101"

    def __init__(self, limit: int) -> None:
        super().__init__(f"At most {limit} templates are allowed")


class FeatureUnavailable(Forbidden):
    """A setting that wants a feature which is not there."""

    code = "CMN-109"

    def __init__(self, feature: str) -> None:
        super().__init__(f"Feature [{feature}] is not available", featureName=feature)


class TypeMayNotSend(Forbidden):
    """An extension of this type cannot send SMS."""

    code = "MSG-314"

    def __init__(self, type: str) -> None:
        super().__init__(f"Sending messages is not allowed for extension type {type}")


class NotParticipant(Forbidden):
    """The caller is not, or no longer, a participant of the conversation."""

    code = "MSG-326"
    sentence = "The extension is not a participant of this conversation"


class UnderLegalHold(Forbidden):
    """A purge of what must be kept; the code is ours, as RingCentral has no such refusal."""

    code = "HLD-101"
    sentence = "The mailbox is under a legal hold: messages can be deleted, but not purged"


class MayNotPage(Forbidden):
    """A page on behalf of a department, or by an extension that only takes messages.

    Source: guide 002: the department manager is notified that sending pages is not allowed for
    the Department extension type.
    """

    code = "MSG-330"

    def __init__(self, type: str = "Department") -> None:
        super().__init__(f"Sending pager messages is not allowed for the {type} extension type")
