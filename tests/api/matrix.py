"""The authorisation matrix: what every route answers to every kind of caller."""

from typing import Any, NamedTuple

import pytest

from postroom.api.routes import served

OK = "ok"
NO_SUCH = (404, "CMN-102")
ANOTHER = (403, "CMN-404")
NO_SCOPE = (403, "CMN-401")
NO_PERMISSION = (403, "CMN-408")
NOT_ADMINISTRATOR = (403, "CMN-402")
NOT_PARTICIPANT = (403, "MSG-326")
MAY_NOT_PAGE = (403, "MSG-330")
LOGGED_OUT = {
    "no token": (401, "AGW-401"),
    "unknown token": (401, "OAU-213"),
    "expired": (401, "OAU-128"),
    "revoked": (401, "OAU-213"),
    "disabled since log-in": (401, "OAU-141"),
    "frozen since log-in": (401, "OAU-141"),
}
Cell = str | tuple[int, str]
LIMITED = {"ReadMessages", "ReadAccounts"}

BY_KIND: dict[str, dict[str, Cell]] = {
    "free": {"owner": OK, "other": OK, "administrator": OK, "manager": OK},
    "personal": {"owner": OK, "other": ANOTHER, "administrator": OK, "manager": ANOTHER},
    "mailbox": {"owner": OK, "other": ANOTHER, "administrator": OK, "manager": OK},
    "sender": {"owner": OK, "other": ANOTHER, "administrator": ANOTHER, "manager": ANOTHER},
    "pager": {"owner": OK, "other": ANOTHER, "administrator": ANOTHER, "manager": MAY_NOT_PAGE},
    "administrative": {
        "owner": NO_PERMISSION,
        "other": NO_PERMISSION,
        "administrator": OK,
        "manager": NO_PERMISSION,
    },
    "department": {
        "owner": NO_PERMISSION,
        "other": NO_PERMISSION,
        "administrator": OK,
        "manager": OK,
    },
    "control": {
        "owner": NOT_ADMINISTRATOR,
        "other": NOT_ADMINISTRATOR,
        "administrator": OK,
        "manager": NOT_ADMINISTRATOR,
    },
}
"""What the callers of each kind of route get when app and user have every right."""


class Rule(NamedTuple):
    """A row: the kind of route, and what app and user need; `closed` is a removed member's cell."""

    kind: str
    scope: str | None = None
    permission: str | None = None
    body: Any = None
    closed: Cell | None = None


READ_ACCOUNT = ("ReadAccounts", "ReadExtensions")
READ = ("ReadMessages", "ReadMessages")
EDIT = ("EditMessages", "EditMessages")
HOLDS = ("ReadAccounts", "AccountAdministration")
HOLD = ("EditAccounts", "AccountAdministration")
REPORTS = ("ReadMessages", "Users")
TEMPLATE = {"displayName": "Greeting", "body": {"text": "Thank you."}}
COMPANY_TEMPLATE = ("EditAccounts", "AccountAdministration")
RULES: dict[str, Rule] = {
    "readAPIVersions": Rule("public"),
    "readAPIVersion": Rule("public"),
    "readAPIStatus": Rule("public"),
    "getToken": Rule("public"),
    "revokeToken": Rule("public"),
    "readClientInfo": Rule("free"),
    "listCountries": Rule("free"),
    "readCountry": Rule("free"),
    "listLanguages": Rule("free"),
    "readLanguage": Rule("free"),
    "listTimezones": Rule("free"),
    "readTimezone": Rule("free"),
    "parsePhoneNumber": Rule("free", body={"originalStrings": ["16505550101"]}),
    "readAccountInfo": Rule("free", "ReadAccounts", "ReadCompanyInfo"),
    "readAccountServiceInfo": Rule("free", "ReadAccounts", "ReadCompanyInfo"),
    "listExtensions": Rule("free", *READ_ACCOUNT),
    "readExtension": Rule("free", *READ_ACCOUNT),
    "listCallQueues": Rule("free", *READ_ACCOUNT),
    "readCallQueueInfo": Rule("free", *READ_ACCOUNT),
    "listCallQueueMembers": Rule("free", *READ_ACCOUNT),
    "listDepartmentMembers": Rule("free", *READ_ACCOUNT),
    "readExtensionFeatures": Rule("personal", *READ_ACCOUNT),
    "listExtensionGrants": Rule("personal", "ReadAccounts", "ReadExtensionGrant"),
    "listExtensionPhoneNumbers": Rule("personal", "ReadAccounts", "ReadUserPhoneNumbers"),
    "readAuthorizationProfile": Rule("personal"),
    "checkUserPermission": Rule("personal"),
    "listAccountPhoneNumbers": Rule("administrative", "ReadAccounts", "ReadCompanyPhoneNumbers"),
    "readAccountPhoneNumber": Rule("administrative", "ReadAccounts", "ReadCompanyPhoneNumbers"),
    "assignMultipleCallQueueMembers": Rule(
        "department", "EditExtensions", "Groups", {"addedExtensionIds": []}
    ),
    "assignMultipleDepartmentMembers": Rule(
        "administrative", "EditAccounts", "UserGroups", {"items": [{"departmentId": "{200}"}]}
    ),
    "readMessageStoreConfiguration": Rule(
        "administrative", "EditAccounts", "AccountAdministration"
    ),
    "updateMessageStoreConfiguration": Rule(
        "administrative", "EditAccounts", "AccountAdministration", {"retentionPeriod": 30}
    ),
    "listMessages": Rule("mailbox", *READ),
    "listSMSMessages": Rule("mailbox", *READ),
    "listFaxMessages": Rule("mailbox", *READ),
    "listPagerMessages": Rule("mailbox", *READ),
    "syncMessages": Rule("mailbox", *READ),
    "readMessage": Rule("mailbox", *READ, closed=NOT_PARTICIPANT),
    "readSMSMessage": Rule("mailbox", *READ, closed=NO_SUCH),
    "readFaxMessage": Rule("mailbox", *READ, closed=NO_SUCH),
    "readPagerMessage": Rule("mailbox", *READ, closed=NOT_PARTICIPANT),
    "readMessageContent": Rule(
        "mailbox", "ReadMessages", "ReadMessageContent", closed=NOT_PARTICIPANT
    ),
    "updateMessage": Rule("mailbox", *EDIT, {"readStatus": "Read"}, NOT_PARTICIPANT),
    "patchMessage": Rule("mailbox", *EDIT, {"readStatus": "Read"}, NOT_PARTICIPANT),
    "deleteMessage": Rule("mailbox", *EDIT, closed=NOT_PARTICIPANT),
    "deleteMessageByFilter": Rule("mailbox", *EDIT),
    "listUserMessageTemplates": Rule("personal", "ReadAccounts"),
    "createUserMessageTemplate": Rule("personal", "EditExtensions", body=TEMPLATE),
    "readUserMessageTemplate": Rule("personal", "ReadAccounts"),
    "updateUserMessageTemplate": Rule("personal", "EditExtensions", body=TEMPLATE),
    "deleteUserMessageTemplate": Rule("personal", "EditExtensions"),
    "listCompanyMessageTemplates": Rule("free", "ReadAccounts"),
    "createCompanyMessageTemplate": Rule("administrative", *COMPANY_TEMPLATE, TEMPLATE),
    "readCompanyMessageTemplate": Rule("free", "ReadAccounts"),
    "updateCompanyMessageTemplate": Rule("administrative", *COMPANY_TEMPLATE, TEMPLATE),
    "deleteCompanyMessageTemplate": Rule("administrative", *COMPANY_TEMPLATE),
    "readNotificationSettings": Rule(
        "mailbox", "ReadAccounts", "ReadMessagesNotificationsSettings"
    ),
    "updateNotificationSettings": Rule(
        "mailbox",
        "EditExtensions",
        "EditMessagesNotificationsSettings",
        {"inboundTexts": {"notifyByEmail": True}},
    ),
    "createMessageStoreReport": Rule("administrative", *REPORTS, {"messageTypes": ["Fax"]}),
    "readMessageStoreReportTask": Rule("administrative", *REPORTS),
    "readMessageStoreReportArchive": Rule("administrative", *REPORTS),
    "readMessageStoreReportArchiveContent": Rule("administrative", *REPORTS),
    "createSMSMessage": Rule(
        "sender",
        "SMS",
        "OutboundSMS",
        {
            "from": {"phoneNumber": "+16505550102"},
            "to": [{"phoneNumber": "+14155550123"}],
            "text": "Hi",
        },
    ),
    "createInternalTextMessage": Rule(
        "pager",
        "InternalMessages",
        "InternalSMS",
        {"to": [{"extensionNumber": "101"}], "text": "Hi"},
    ),
    "listHolds": Rule("control", *HOLDS),
    "placeHold": Rule("control", *HOLD, {"reason": "Acme v. Doe"}),
    "releaseHold": Rule("control", *HOLD),
    "listAuditLog": Rule("control", *HOLDS),
    "simulateInboundSms": Rule(
        "control",
        body={"from": "+14155550123", "to": "+16505550102", "text": "Hi"},
    ),
}
TYPED = {"readSMSMessage": NO_SUCH, "readFaxMessage": NO_SUCH}
"""Gets that are bound to another type than that of the message at hand, a page."""

ENDPOINTS = {one.operation: one for one in served(demo=True)}
ACTORS = (
    "owner",
    "other",
    "administrator",
    "manager",
    "removed member",
    "other account",
    "unknown extension",
    "app without scope",
    "user without permission",
    *LOGGED_OUT,
)


def expected(operation: str, actor: str) -> Cell | None:
    """The cell; `None` where the actor cannot be: without the parameter in the path, say."""
    rule, path = RULES[operation], ENDPOINTS[operation].path
    if rule.kind == "public":
        return OK if actor in LOGGED_OUT or actor == "owner" else None
    if actor in LOGGED_OUT:
        return LOGGED_OUT[actor]
    if actor == "removed member":
        return rule.closed
    if actor == "other account":
        return NO_SUCH if "{accountId}" in path else None
    if actor == "unknown extension":
        return NO_SUCH if "{extensionId}" in path else None
    if actor == "app without scope":
        return None if rule.scope is None or rule.scope in LIMITED else NO_SCOPE
    if actor == "user without permission":
        return None if rule.permission is None else NO_PERMISSION
    cell = BY_KIND[rule.kind][actor]
    return TYPED.get(operation, cell) if cell == OK else cell


CELLS = [
    pytest.param(operation, actor, id=f"{operation}-{actor.replace(' ', '-')}")
    for operation in sorted(RULES)
    for actor in ACTORS
    if expected(operation, actor) is not None
]
