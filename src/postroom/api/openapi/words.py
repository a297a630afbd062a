"""Sentences for the OpenAPI document: groups, parameters, scopes, and bodies to try."""

from typing import Any, NamedTuple


class Tag(NamedTuple):
    """A group of operations: the modules that declare them."""

    name: str
    sentence: str
    modules: tuple[str, ...]


TAGS = (
    Tag("SMS", "Texts to and from any phone.", ("sms",)),
    Tag("Pager", "Texts inside of the company.", ("company_pager",)),
    Tag(
        "Message store",
        "The mailbox of an extension.",
        (
            "message_list",
            "message_store",
            "message_sync",
            "deletion",
            "content",
            "message_store_configuration",
        ),
    ),
    Tag("Message exports", "All messages of the company, as ZIPs.", ("message_reports",)),
    Tag("Templates", "Texts that are ready to be sent.", ("templates",)),
    Tag("Notifications", "What people want to be told.", ("notification_settings",)),
    Tag("Company", "The account and its service.", ("account",)),
    Tag("Extensions", "Who has a mailbox.", ("extensions",)),
    Tag("Phone numbers", "Who may send from where.", ("phone_numbers", "number_parser")),
    Tag("Call queues", "Departments and their members.", ("call_queues",)),
    Tag("Permissions", "Who may do what.", ("grants", "features", "authorization")),
    Tag("Regional settings", "Countries, languages, time zones.", ("dictionary",)),
    Tag("Proof", "Legal holds and the audit log.", ("holds", "audit")),
    Tag("API info", "What answers here.", ("versions", "client_info")),
    Tag("OAuth", "Tokens.", ("auth",)),
    Tag("Simulator", "Carriers that are not there, in the demo.", ("simulator",)),
)

PARAMETERS: dict[str, str] = {
    "act": "Only acts of this kind.",
    "accountId": "The account; `~` is the caller's.",
    "archiveId": "The number of the archive: 0 has the metadata, the others have attachments.",
    "availability": "Which messages are shown by their life cycle.",
    "availableOnly": "Leave out what is not available.",
    "attachmentId": "The number of the attachment; the id of the message means the first.",
    "behind": "Only entries behind this number: the next page.",
    "client_id": "The application.",
    "contentDisposition": "Whether a browser shows the content or keeps it.",
    "contentDispositionFilename": "The name under which a browser keeps it.",
    "conversationId": "Only messages of these conversations.",
    "countryId": "The country.",
    "dateFrom": "Only messages of this moment or later; any prefix of ISO 8601.",
    "dateTo": "Only messages of this moment or earlier; any prefix of ISO 8601.",
    "departmentId": "The department, by its extension id.",
    "direction": "Only inbound or only outbound messages.",
    "distinctConversations": "Only the newest message of each conversation.",
    "email": "Only extensions with one of these addresses.",
    "extensionId": "The extension; `~` is the caller's own.",
    "extensionNumber": "Only the extension with this number.",
    "extensionStatus": "Only numbers of extensions with this status.",
    "extensionType": "Only grants for extensions of these types.",
    "featureId": "Only these features.",
    "groupId": "The department, by its extension id.",
    "holdId": "The hold.",
    "homeCountry": "ISO code: how a number without a country code is read.",
    "languageId": "The language.",
    "memberExtensionId": "Only departments that this extension is a member of.",
    "messageId": "The message; several ids are joined by commas.",
    "messageType": "Only messages of these types.",
    "nationalAsPriority": "Accepted and ignored: numbers are always read nationally first.",
    "owner": "Whose messages: `Personal`, `Shared` (departments that one manages), `Any`, or ids.",
    "ownerExtensionType": "Only mailboxes of extensions of these types.",
    "page": "The number of the page, from 1.",
    "paymentType": "Only numbers that are paid for so.",
    "perPage": "Records on a page; more than 1000, `max` and `all` mean 1000.",
    "permissionId": "The permission.",
    "phoneNumber": "Only messages from or to this number.",
    "phoneNumberId": "The number, by its id; several ids are joined by commas.",
    "purge": "Leave no way back.",
    "readStatus": "Only messages that were read, or were not.",
    "released": "Also those that were released.",
    "recordCount": "About how many records; a second is never cut in two.",
    "recordCountPerConversation": "Accepted and ignored: every message of the frame is told.",
    "scope": "Only templates of the company, or only personal ones.",
    "siteIds": "Only templates of these sites; there is only `main-site`.",
    "search": "Only messages with all of these words; `begin*` and quoted words are understood.",
    "status": "Only records with one of these statuses.",
    "syncToken": "From the answer before, for `ISync`.",
    "syncType": "Everything (`FSync`), or what has changed since the token (`ISync`).",
    "taskId": "The report.",
    "targetExtensionId": "For whose sake the permission is wanted.",
    "templateId": "The template.",
    "timezoneId": "The time zone.",
    "token": "An access or a refresh token.",
    "type": "Only of these types.",
    "usageType": "Only numbers that are used so.",
    "voicemailOwner": "The older name of `owner`.",
}

SCOPES: dict[str, str] = {
    "SMS": "Send SMS, and read messages",
    "InternalMessages": "Send pages, and read messages",
    "ReadMessages": "Read messages",
    "EditMessages": "Mark and delete messages, and read them",
    "ReadAccounts": "Read the directory",
    "EditAccounts": "Change the directory",
    "EditExtensions": "Change extensions and departments",
}

_TO = [{"phoneNumber": "+14155550123"}]
_TEMPLATE = {"displayName": "Greeting", "body": {"text": "Thank you for your message."}}
EXAMPLES: dict[str, Any] = {
    "createSMSMessage": {
        "from": {"phoneNumber": "+16505550101"},
        "to": _TO,
        "text": "Hello from the post room",
    },
    "createInternalTextMessage": {"to": [{"extensionNumber": "102"}], "text": "Hello!"},
    "updateMessage": {"readStatus": "Read"},
    "patchMessage": {"availability": "Alive"},
    "createMessageStoreReport": {"messageTypes": ["SMS", "Pager"]},
    "assignMultipleCallQueueMembers": {"addedExtensionIds": [], "removedExtensionIds": []},
    "assignMultipleDepartmentMembers": {"items": []},
    "parsePhoneNumber": {"originalStrings": ["(650) 555-0101"]},
    "createUserMessageTemplate": _TEMPLATE,
    "createCompanyMessageTemplate": _TEMPLATE,
    "updateUserMessageTemplate": _TEMPLATE,
    "updateCompanyMessageTemplate": _TEMPLATE,
    "updateNotificationSettings": {"inboundTexts": {"notifyByEmail": True}},
    "placeHold": {"reason": "Acme v. Doe"},
    "simulateInboundSms": {"from": "+14155550123", "to": "+16505550102", "text": "Hello?"},
}
"""Bodies that work in the demo company."""
