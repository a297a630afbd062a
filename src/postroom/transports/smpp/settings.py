"""How one carrier's SMPP link is set up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from postroom.model.traffic import Alphabet

BindMode = Literal["transceiver", "transmitter+receiver"]
LongMessages = Literal["udh8", "udh16", "sar", "payload"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmppSettings:
    """One link; times are seconds.

    `guard` is asked immediately before each `submit_sm` is written: when it says no, nothing is
    written, and the message is not bound.
    """

    name: str
    host: str
    port: int
    system_id: str
    password: str
    system_type: str = ""
    bind: BindMode = "transceiver"
    tls: bool = False
    tls_ca_file: str | None = None
    """Whom to trust instead of the system's authorities."""

    window: int = 100
    """`submit_sm` in flight at most."""
    rate: float = 100.0
    """`submit_sm` per second at most."""
    throttle_retries: int = 5
    """How often a throttled segment is tried again before it goes back to the outbox."""
    throttle_pause: float = 1.0
    guard: Callable[[], bool] | None = None

    long_messages: LongMessages = "udh8"
    default_alphabet: Alphabet = Alphabet.GSM7
    """What `data_coding` 0 means to the SMSC."""
    service_type: str = ""
    source_ton: int = 1
    source_npi: int = 1
    dest_ton: int = 1
    dest_npi: int = 1
    country_code: str | None = None
    """Put before inbound numbers that the SMSC calls national."""
    receipts_by_text: bool = False
    """Take an inbound message that reads like a receipt for one, whatever `esm_class` says."""
    receipt_utc_offset: float = 0.0
    """The SMSC's clock in receipts, seconds east of Greenwich."""

    connect_timeout: float = 10.0
    response_timeout: float = 30.0
    enquire_after: float = 30.0
    """Silence after which `enquire_link` asks whether the SMSC is there."""
    enquire_timeout: float = 10.0
    retry_first: float = 0.5
    retry_longest: float = 30.0
    leave_timeout: float = 5.0
    """How long open requests and the `unbind` may take on stop."""
    deliveries: int = 500
    """`deliver_sm` handled at the same time; twice as many more may wait."""

    def __post_init__(self) -> None:
        problem = next((name for name, fits in _CHECKS.items() if not fits(self)), None)
        if problem:
            raise ValueError(f"{self.name}: {problem} is out of range")


def _is_octet(value: int) -> bool:
    return 0 <= value <= 255


def _fits(text: str, most: int) -> bool:
    return len(text) <= most and all(0 < ord(char) < 256 for char in text)


_CHECKS: dict[str, Callable[[SmppSettings], bool]] = {
    "system_id": lambda s: _fits(s.system_id, 15),
    "password": lambda s: _fits(s.password, 8),
    "system_type": lambda s: _fits(s.system_type, 12),
    "service_type": lambda s: _fits(s.service_type, 5),
    "port": lambda s: 0 < s.port < 65536,
    "window": lambda s: s.window >= 1,
    "rate": lambda s: s.rate > 0,
    "source_ton": lambda s: _is_octet(s.source_ton),
    "source_npi": lambda s: _is_octet(s.source_npi),
    "dest_ton": lambda s: _is_octet(s.dest_ton),
    "dest_npi": lambda s: _is_octet(s.dest_npi),
    "deliveries": lambda s: s.deliveries >= 1,
    "default_alphabet": lambda s: s.default_alphabet not in (Alphabet.UCS2, Alphabet.BINARY),
}
