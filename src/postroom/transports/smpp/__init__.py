"""SMPP 3.4, the ESME's side: submissions out, receipts and messages in.

    esme ── the Transport: binds, binds again, submits
      session ── one connection; window (submissions), deliveries (what comes in)
        link · pace ── when to ask, to hang up, to submit: values, no clock
        outbound · inbound · receipt · udh · addresses · errors ── meaning: pure
          pdu · fields · status ── octets: pure, by tables

An answer to the SMSC is positive only after `receive` has returned.
"""

from postroom.transports.smpp.esme import SmppTransport
from postroom.transports.smpp.settings import SmppSettings

__all__ = ["SmppSettings", "SmppTransport"]
