from typing import Any

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from postroom.api.contract import operation_of
from postroom.api.counter import ApiSettings
from postroom.api.endpoint import Endpoint, Group, Reach
from postroom.api.openapi.document import document, written
from postroom.api.openapi.words import EXAMPLES, PARAMETERS, TAGS
from postroom.api.routes import served
from tests.office import Office

DOCUMENT: dict[str, Any] = written(ApiSettings(base="http://postroom.test", demo=True))
ENDPOINTS = served(demo=True)
OUR_OWN = {
    "readAPIStatus",
    "readClientInfo",
    "simulateInboundSms",
    "listHolds",
    "placeHold",
    "releaseHold",
    "listAuditLog",
    "readMessageStoreReportArchiveContent",
}
OF_THE_PAGES = {"getToken", "revokeToken"}


def operation(endpoint: Endpoint) -> dict[str, Any]:
    """What the document says of an endpoint."""
    found: dict[str, Any] = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]
    return found


def test_the_document_is_valid() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


async def test_the_document_is_served_as_it_is_made(office: Office) -> None:
    settings = office.house.counter.settings

    assert msgspec.json.decode(document(settings)) == written(settings)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.operation)
def test_an_endpoint_is_described_as_it_is_declared(endpoint: Endpoint) -> None:
    said = operation(endpoint)

    assert said["operationId"] == endpoint.operation
    assert said["x-rate-group"] == endpoint.group.value
    assert said.get("x-app-permission") == endpoint.scope
    assert said.get("x-user-permission") == endpoint.permission
    assert (said["security"] == []) is (endpoint.reach is Reach.PUBLIC)
    assert str(endpoint.status) in said["responses"]
    assert ("429" in said["responses"]) is (endpoint.group is not Group.NONE)
    assert set(said.get("requestBody", {}).get("content", {})) == (
        set(endpoint.media) if endpoint.body is not None else set()
    )


def test_the_ids_of_operations_are_used_once() -> None:
    ids = [one.operation for one in ENDPOINTS]

    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.operation)
def test_an_operation_has_the_id_that_the_contract_gives_it(endpoint: Endpoint) -> None:
    path = endpoint.path.replace("{", "").replace("}", "")

    known = operation_of(endpoint.method, path)

    assert known in (endpoint.operation, None)
    assert (known is None) <= (endpoint.operation in OUR_OWN | OF_THE_PAGES | TYPED)


TYPED = {
    f"{verb}{kind}Message{plural}"
    for verb, plural in (("list", "s"), ("read", ""))
    for kind in ("SMS", "Fax", "Pager")
}
"""The guide's dedicated endpoints, which the newer contract no longer has."""


def test_every_group_and_every_parameter_has_its_sentence() -> None:
    modules = {one.handler.__module__.rpartition(".")[2] for one in ENDPOINTS}

    named = [module for tag in TAGS for module in tag.modules]
    spelled = {
        one["name"]
        for by_method in DOCUMENT["paths"].values()
        for said in by_method.values()
        for one in said.get("parameters", [])
        if "name" in one
    }
    assert sorted(modules) == sorted(named)
    assert spelled == set(PARAMETERS)


def test_every_reference_leads_somewhere() -> None:
    def references(value: object) -> list[str]:
        match value:
            case {"$ref": str(reference)}:
                return [reference]
            case dict():
                return [one for part in value.values() for one in references(part)]
            case list():
                return [one for part in value for one in references(part)]
            case _:
                return []

    for reference in references(DOCUMENT):
        place: Any = DOCUMENT
        for key in reference.removeprefix("#/").split("/"):
            place = place[key]
        assert place


def test_answers_with_several_ids_are_described() -> None:
    said = DOCUMENT["paths"]["/restapi/v1.0/account/{accountId}/extension/{extensionId}"]["get"]

    assert set(said["responses"]["207"]["content"]) == {
        "multipart/mixed",
        "application/vnd.ringcentral.multipart+json",
    }


IN_THE_DEMO = {
    "updateMessage",
    "patchMessage",
    "assignMultipleCallQueueMembers",
    "simulateInboundSms",
    "updateUserMessageTemplate",
    "updateCompanyMessageTemplate",
}
"""Examples that need a message, a template or a department in the path, or a carrier that runs."""


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - IN_THE_DEMO))
async def test_a_body_to_try_works_in_the_demo(office: Office, name: str) -> None:
    [endpoint] = [one for one in ENDPOINTS if one.operation == name]
    path = endpoint.path.replace("{accountId}", "~").replace("{extensionId}", "~")

    answer = await office.call(101, endpoint.method, path, json=EXAMPLES[name])

    assert answer.is_success, answer.text
