"""The settings of one carrier: the section `[carriers.NAME]`."""

from typing import Annotated, Literal

from msgspec import Meta

from postroom.config.section import Count, Section


class Carrier(Section, frozen=True, kw_only=True):
    """One peer company that moves our traffic; NAME is yours to choose."""

    transport: Annotated[
        Literal["smpp", "simulator"], Meta(description="The protocol this carrier speaks.")
    ]
    prefixes: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^\+\d*$", title="+ and digits")], ...],
        Meta(min_length=1, description="Numbers it serves; the longest prefix wins."),
    ] = ("+",)
    host: Annotated[str, Meta(description="The SMSC's host name or address.")] = ""
    port: Annotated[int, Meta(ge=1, le=65535, description="The SMSC's port.")] = 2775
    tls: Annotated[bool, Meta(description="Whether the link is encrypted.")] = False
    tls_ca_file: Annotated[
        str, Meta(description="Whom to trust instead of the system's authorities: a PEM file.")
    ] = ""
    system_id: Annotated[
        str, Meta(max_length=15, description="Who we are, as agreed with the carrier.")
    ] = ""
    password: Annotated[
        str, Meta(max_length=8, description="The secret of `system_id`, as SMPP bounds it.")
    ] = ""
    system_type: Annotated[
        str, Meta(max_length=12, description="As agreed with the carrier; mostly empty.")
    ] = ""
    bind: Annotated[
        Literal["transceiver", "transmitter+receiver"],
        Meta(description="One session for both directions, or one for each."),
    ] = "transceiver"
    window: Annotated[Count, Meta(description="`submit_sm` that may wait for an answer.")] = 10
    rate: Annotated[float, Meta(gt=0, description="`submit_sm` per second.")] = 100.0
    long_messages: Annotated[
        Literal["udh8", "udh16", "sar", "payload"],
        Meta(
            description="How a long SMS travels: UDH with an 8 or 16 bit reference, SAR TLVs, or "
            "`message_payload`."
        ),
    ] = "udh8"
    default_alphabet: Annotated[
        Literal["gsm7", "latin1", "ascii"],
        Meta(description="What `data_coding` 0 means to this carrier."),
    ] = "gsm7"
    on_uncertain: Annotated[
        Literal["fail", "resend"],
        Meta(
            description="What becomes of a message that was on the wire without an answer at a "
            "crash: SendingFailed, or sent again at the risk of a second copy."
        ),
    ] = "fail"
