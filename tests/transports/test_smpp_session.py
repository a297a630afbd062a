import asyncio
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from postroom.model.traffic import Fate
from postroom.transports.smpp.fields import Command
from postroom.transports.smpp.pdu import frame
from postroom.transports.smpp.status import Status
from tests.smsc import Smsc
from tests.transports.smpp_link import QUICK, linked
from tests.transports.smpp_pdus import submission

TWO_SESSIONS = replace(QUICK, bind="transmitter+receiver")
LOOPBACK = IPv4Address("127.0.0.1")
PATIENT = replace(QUICK, enquire_after=0.02, enquire_timeout=0.02)


async def test_a_transceiver_binds_with_its_credentials() -> None:
    async with Smsc() as smsc, linked(smsc, replace(QUICK, system_type="SMS")) as carrier:
        [(command, bind)] = smsc.binds

        assert command is Command.BIND_TRANSCEIVER
        assert (bind.system_id, bind.password, bind.system_type) == ("postroom", "secret", "SMS")
        assert bind.interface_version == 0x34
        assert carrier.bound()
        assert carrier.free() > 0


async def test_two_sessions_share_the_work() -> None:
    async with Smsc(receipts="after") as smsc, linked(smsc, TWO_SESSIONS) as carrier:
        submitted = await carrier.submit(submission())
        await smsc.until(lambda: len(carrier.inbox.reports) == 1)

        assert {command for command, _ in smsc.binds} == {
            Command.BIND_TRANSMITTER,
            Command.BIND_RECEIVER,
        }
        assert submitted.ids == ("1",)
        assert carrier.inbox.reports[0].id == "1"


async def test_a_receiver_that_is_lost_does_not_hold_up_submissions() -> None:
    async with Smsc() as smsc, linked(smsc, TWO_SESSIONS) as carrier:
        next(peer for peer in smsc.peers if peer.receives).abort()
        await smsc.until(lambda: not carrier.fully_bound() or len(smsc.binds) == 3)

        assert (await carrier.submit(submission())).failure is None
        await smsc.until(carrier.fully_bound)
        assert [command for command, _ in smsc.binds].count(Command.BIND_RECEIVER) == 2


@pytest.mark.parametrize("bind", ["transceiver", "transmitter+receiver"])
async def test_a_refused_bind_tells_its_code_and_is_tried_again(bind: str) -> None:
    settings = replace(QUICK, bind=bind)  # type: ignore[arg-type]
    async with (
        Smsc(bind_status=Status.RINVPASWD) as smsc,
        linked(smsc, settings, bound=False) as carrier,
    ):
        await smsc.until(lambda: len(smsc.binds) > 4)

        assert carrier.last_error == "ESME_RINVPASWD (0x0E)"
        assert not carrier.bound()
        assert carrier.free() == 0
        smsc.bind_status = Status.ROK
        await smsc.until(carrier.fully_bound)


async def test_without_a_link_nothing_is_submitted() -> None:
    async with Smsc(bind_status=Status.RBINDFAIL) as smsc, linked(smsc, bound=False) as carrier:
        submitted = await carrier.submit(submission())

        assert submitted.ids == ()
        assert submitted.failure
        assert submitted.failure.fate is Fate.TEMPORARY
        assert submitted.failure.not_bound


async def test_a_link_comes_back_when_the_message_centre_does() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        await smsc.stop()
        await smsc.until(lambda: not carrier.bound())
        await smsc.start()
        await smsc.until(carrier.bound)

        assert (await carrier.submit(submission())).failure is None
        assert carrier.counters.binds == 2


async def test_a_bind_without_an_answer_is_given_up() -> None:
    hurried = replace(QUICK, response_timeout=0.05)
    async with Smsc(binding=False) as smsc, linked(smsc, hurried, bound=False) as carrier:
        await smsc.until(lambda: len(smsc.binds) >= 2)

        assert carrier.last_error == "no answer in time"
        assert not carrier.bound()


async def test_an_enquiry_of_the_message_centre_is_answered() -> None:
    async with Smsc() as smsc, linked(smsc):
        answer = await smsc.request(Command.ENQUIRE_LINK)

        assert answer.command == Command.ENQUIRE_LINK_RESP


async def test_a_quiet_message_centre_is_enquired_and_kept() -> None:
    async with Smsc() as smsc, linked(smsc, PATIENT) as carrier:
        await smsc.until(
            lambda: [pdu.command for pdu in smsc.seen].count(Command.ENQUIRE_LINK) >= 3
        )

        assert carrier.counters.binds == 1


async def test_a_message_centre_that_answers_no_enquiry_is_left() -> None:
    async with Smsc(answers_enquiries=False) as smsc, linked(smsc, PATIENT) as carrier:
        await smsc.until(lambda: carrier.counters.binds >= 3)

        assert carrier.last_error == "enquire_link was not answered"


async def test_a_stop_unbinds() -> None:
    async with Smsc() as smsc:
        async with linked(smsc, TWO_SESSIONS):
            pass

        assert [p.command for p in smsc.seen].count(Command.UNBIND) == 2


async def test_a_stop_waits_for_answers_and_for_commits() -> None:
    async with Smsc(holding=True) as smsc, linked(smsc) as carrier:
        carrier.inbox.gate.clear()
        [sending] = carrier.submit_all(submission())
        delivering = asyncio.create_task(smsc.deliver(b"Hello"))
        await smsc.until(lambda: bool(smsc.submits) and carrier.inbox.arrived == 1)
        stopping = asyncio.create_task(carrier.stop())
        await smsc.until(lambda: not carrier.bound())
        smsc.release()
        carrier.inbox.gate.set()
        await stopping

        assert (await sending).ids == ("1",)
        assert await delivering == Status.ROK


async def test_a_stop_does_not_wait_for_ever() -> None:
    hurried = replace(QUICK, leave_timeout=0.05)
    async with Smsc(holding=True) as smsc, linked(smsc, hurried) as carrier:
        [sending] = carrier.submit_all(submission())
        await smsc.received(1)
        await carrier.stop()

        failure = (await sending).failure
        assert failure
        assert failure.fate is Fate.UNCERTAIN


async def test_an_unbind_of_the_message_centre_is_answered_after_what_it_owes() -> None:
    async with Smsc(holding=True) as smsc, linked(smsc) as carrier:
        [sending] = carrier.submit_all(submission())
        await smsc.received(1)
        unbinding = asyncio.create_task(smsc.request(Command.UNBIND))
        await smsc.until(lambda: not carrier.bound())
        late = await carrier.submit(submission())
        smsc.release()

        assert (await sending).ids == ("1",)
        assert (await unbinding).command == Command.UNBIND_RESP
        assert late.failure
        assert late.failure.not_bound
        await smsc.until(lambda: carrier.counters.binds == 2)


async def test_pdus_are_understood_octet_by_octet_and_many_at_once() -> None:
    async with Smsc(receipts="both", dribbling=True) as smsc, linked(smsc) as carrier:
        submitted = await asyncio.gather(*carrier.submit_all(*[submission()] * 5))
        await smsc.until(lambda: len(carrier.inbox.reports) == 10)
        smsc.dribbling = False
        smsc.write(frame(Command.ENQUIRE_LINK, 900) * 3 + frame(Command.ALERT_NOTIFICATION, 901))
        await smsc.until(lambda: [p.sequence for p in smsc.seen].count(900) == 3)

        assert sorted(result.ids[0] for result in submitted) == ["1", "2", "3", "4", "5"]
        assert 901 not in [pdu.sequence for pdu in smsc.seen]


async def test_an_unknown_command_is_named_so_and_the_session_goes_on() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        smsc.write(frame(0x777, 55))
        smsc.write(frame(0x8000_0777, 56))
        await smsc.until(lambda: any(pdu.sequence == 55 for pdu in smsc.seen))

        [nack] = [pdu for pdu in smsc.seen if pdu.sequence in (55, 56)]
        assert (nack.command, nack.status) == (Command.GENERIC_NACK, Status.RINVCMDID)
        assert (await carrier.submit(submission())).failure is None


@pytest.mark.parametrize("length", [0, 15, 0x7FFFFFFF, 0xFFFFFFFF])
async def test_a_lost_frame_ends_the_session_and_a_new_one_begins(length: int) -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        smsc.write(length.to_bytes(4) + b"garbage" * 10)
        await smsc.until(lambda: carrier.counters.binds == 2)

        [nack] = [pdu for pdu in smsc.seen if pdu.command == Command.GENERIC_NACK]
        assert nack.status == Status.RINVCMDLEN
        assert (await carrier.submit(submission())).failure is None


async def test_a_link_may_be_encrypted(tmp_path: Path) -> None:
    authority = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority, tmp_path / "key.pem")
    settings = replace(QUICK, tls=True, tls_ca_file=str(authority))
    async with Smsc(tls=context) as smsc, linked(smsc, settings) as carrier:
        assert (await carrier.submit(submission())).ids == ("1",)


async def test_a_message_centre_that_nobody_vouches_for_gets_no_password(tmp_path: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate(tmp_path), tmp_path / "key.pem")
    settings = replace(QUICK, tls=True)
    async with Smsc(tls=context) as smsc, linked(smsc, settings, bound=False) as carrier:
        await smsc.until(lambda: carrier.last_error is not None)

        assert "CERTIFICATE_VERIFY_FAILED" in (carrier.last_error or "")
        assert smsc.binds == []


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself, beside its `key.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "smsc")])
    now = datetime.now(UTC)
    own = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "cert.pem").write_bytes(own.public_bytes(Encoding.PEM))
    return folder / "cert.pem"
