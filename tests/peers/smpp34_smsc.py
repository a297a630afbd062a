"""A message centre made of the Python package smpp34, driven like `node/smsc.js`.

It lives in a process of its own: the package's threads are no guests for a test session.
"""

import asyncio
import json
import os
import socket
import sys

import smpp34

GSM7 = {0x00: "@", 0x02: "$", 0x11: "_", 0x1B65: "€", 0x1B28: "{", 0x1B29: "}"}
MESSAGE_PAYLOAD = 0x0424
SAR_MSG_REF_NUM = 0x020C
SAR_TOTAL_SEGMENTS = 0x020E
SAR_SEGMENT_SEQNUM = 0x020F
RECEIPTED_MESSAGE_ID = 0x001E
MESSAGE_STATE = 0x0427
THROTTLED = 0x58
STATE = {"throttled": 0, "count": 0}


def tell(**event: object) -> None:
    print(json.dumps(event), flush=True)


def gsm7(octets: bytes) -> str:
    """Just the characters that the tests use, typed in from the standard."""
    codes, at = [], 0
    while at < len(octets):
        wide = octets[at] == 0x1B
        codes.append(int.from_bytes(octets[at : at + 1 + wide]))
        at += 1 + wide
    return "".join(GSM7.get(code, chr(code)) for code in codes)


def text_and_part(submit: smpp34.SubmitSmEvent) -> tuple[str, list[int] | None]:
    tlvs = {tlv.tag: tlv.value for tlv in submit.tlvs}
    octets = tlvs.get(MESSAGE_PAYLOAD) or submit.short_message
    part = None
    if reference := tlvs.get(SAR_MSG_REF_NUM):
        total, number = tlvs[SAR_TOTAL_SEGMENTS], tlvs[SAR_SEGMENT_SEQNUM]
        part = [int.from_bytes(reference), total[0], number[0]]
    if submit.esm_class & 0x40:
        header, octets = octets[: octets[0] + 1], octets[octets[0] + 1 :]
        part = [int.from_bytes(header[3:-2]), header[-2], header[-1]]
    return octets.decode("utf-16-be") if submit.data_coding == 8 else gsm7(octets), part


async def receipt(esme: smpp34.Esme, submit: smpp34.SubmitSmEvent, id: str) -> None:
    text = f"id:{int(id, 16)} submit date:2601051200 done date:2601051201 stat:DELIVRD err:000"
    answer = await esme.deliver_sm(
        submit.source_addr,
        text.encode(),
        source_addr=submit.destination_addr,
        source_addr_ton=1,
        dest_addr_ton=1,
        esm_class=4,
        tlvs=[
            smpp34.Tlv(RECEIPTED_MESSAGE_ID, id.encode() + b"\0"),
            smpp34.Tlv(MESSAGE_STATE, b"\2"),
        ],
    )
    tell(event="receipt answered", status=answer.command_status)


def on_submit(submit: smpp34.SubmitSmEvent, esmes: dict[str, smpp34.Esme]) -> str | None:
    """Answer; the id, if it was accepted."""
    text, part = text_and_part(submit)
    STATE["count"] += 1
    id = format(0xA0000000 + STATE["count"], "X")
    throttled = STATE["throttled"] > 0
    tell(
        event="submit",
        source=submit.source_addr,
        destination=submit.destination_addr,
        text=text,
        part=part,
        id=id,
        status=THROTTLED if throttled else 0,
        coding=submit.data_coding,
        registered=submit.registered_delivery,
    )
    if throttled:
        STATE["throttled"] -= 1
        submit.reject(THROTTLED)
        return None
    submit.accept(id)
    return id


async def deliver(esme: smpp34.Esme, command: dict[str, str]) -> None:
    text, header = command["text"], bytes.fromhex(command.get("udh") or "")
    plain = text.isascii()
    answer = await esme.deliver_sm(
        command["destination"],
        header + text.encode("ascii" if plain else "utf-16-be"),
        source_addr=command["source"],
        source_addr_ton=1,
        dest_addr_ton=1,
        esm_class=0x40 if header else 0,
        data_coding=0 if plain else 8,
    )
    tell(event="answered", status=answer.command_status)


async def serve(server: smpp34.Server, esmes: dict[str, smpp34.Esme]) -> None:
    tasks = set()
    while True:
        match await server.next():
            case smpp34.Esme() as esme:
                if esme.can_receive:
                    esmes["receiver"] = esme
                tell(event="bind", system_id=esme.system_id, status=0)
            case smpp34.SubmitSmEvent() as submit:
                if (id := on_submit(submit, esmes)) and "receiver" in esmes:
                    tasks.add(asyncio.create_task(receipt(esmes["receiver"], submit, id)))
            case smpp34.Unbound():
                tell(event="unbind")


async def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = smpp34.Server("127.0.0.1", port, system_id="peer")
    await server.start()
    esmes: dict[str, smpp34.Esme] = {}
    serving = asyncio.create_task(serve(server, esmes))
    tell(event="listening", port=port)
    tasks = set()
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        if command["do"] == "throttle":
            STATE["throttled"] = command["times"]
            tell(event="throttling")
        elif command["do"] == "deliver":
            tasks.add(asyncio.create_task(deliver(esmes["receiver"], command)))
    serving.cancel()


if __name__ == "__main__":
    asyncio.run(main())
    # Not by the ordinary way out: the package has aborted there.
    os._exit(0)
