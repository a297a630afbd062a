"""Carriers of a configuration, as transports with their routes and terms."""

from postroom.api.counter import Bring
from postroom.config import Settings
from postroom.config.carrier import Carrier
from postroom.mailbox.verdicts import Terms
from postroom.model import segments
from postroom.model.traffic import Alphabet
from postroom.transports import Transport
from postroom.transports.simulator import Simulator
from postroom.transports.smpp import SmppSettings, SmppTransport
from postroom.workers.outbox import Carriage
from postroom.workers.tenure import Tenure

HOUR_MS = 3_600_000
SIMULATOR = "simulator"


def carriages(settings: Settings) -> list[Carriage]:
    """All carriers; the demo without any has the simulator for every number."""
    carriers = settings.carriers
    if not carriers and settings.demo.enabled:
        carriers = {SIMULATOR: Carrier(transport="simulator")}
    retry_ms = settings.sms.retry_hours * HOUR_MS
    return [_carriage(name, carrier, retry_ms) for name, carrier in carriers.items()]


def _carriage(name: str, carrier: Carrier, retry_ms: int) -> Carriage:
    tenure = Tenure()
    return Carriage(
        transport=_transport(name, carrier, tenure),
        prefixes=carrier.prefixes,
        window=carrier.window if carrier.transport == "smpp" else 500,
        terms=_terms(name, carrier, retry_ms),
        tenure=tenure,
    )


def _terms(name: str, carrier: Carrier, retry_ms: int) -> Terms:
    """A `message_payload` is one segment to the carrier, however long it is."""
    in_one = carrier.long_messages == "payload"
    return Terms(
        carrier=name,
        resend=carrier.on_uncertain == "resend",
        retry_ms=retry_ms,
        segments=(lambda _: 1) if in_one else segments.count,
    )


def _transport(name: str, carrier: Carrier, tenure: Tenure) -> Transport:
    if carrier.transport == "simulator":
        return Simulator(name)
    return SmppTransport(
        SmppSettings(
            name=name,
            host=carrier.host,
            port=carrier.port,
            system_id=carrier.system_id,
            password=carrier.password,
            system_type=carrier.system_type,
            bind=carrier.bind,
            tls=carrier.tls,
            tls_ca_file=carrier.tls_ca_file or None,
            window=carrier.window,
            rate=carrier.rate,
            long_messages=carrier.long_messages,
            default_alphabet=Alphabet(carrier.default_alphabet),
            guard=tenure,
        )
    )


def doors(carriages: list[Carriage]) -> dict[str, Bring]:
    """The simulated carriers, each with its door for SMS that are brought on request."""
    transports = (carriage.transport for carriage in carriages)
    return {one.name: one.bring for one in transports if isinstance(one, Simulator)}
