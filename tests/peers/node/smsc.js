// A message centre made of the npm package smpp: events as JSON lines on standard output, commands
// as JSON lines on standard input.  It decodes texts itself, so that ours is judged by another hand.
'use strict';
const readline = require('readline');
const smpp = require('smpp');

const PASSWORD = 'secret';
const habits = {throttled: 0};
let count = 0;
let receiver = null;

const tell = (event) => process.stdout.write(JSON.stringify(event) + '\n');

function partOf(pdu) {
  if (pdu.sar_msg_ref_num !== undefined) {
    return [pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum];
  }
  for (const element of (pdu.short_message && pdu.short_message.udh) || []) {
    if (element[0] === 0x00) return [element[2], element[3], element[4]];
    if (element[0] === 0x08) return [element.readUInt16BE(2), element[4], element[5]];
  }
  return null;
}

function textOf(pdu) {
  const payload = pdu.message_payload;
  return payload === undefined ? pdu.short_message.message : payload.message || payload;
}

function receipt(submit, id) {
  const to = receiver;
  to.deliver_sm({
    source_addr_ton: 1, source_addr_npi: 1, source_addr: submit.destination_addr,
    dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: submit.source_addr,
    esm_class: smpp.ESM_CLASS.MC_DELIVERY_RECEIPT,
    short_message: `id:${parseInt(id, 16)} sub:001 dlvrd:001 submit date:2601051200 ` +
      'done date:2601051201 stat:DELIVRD err:000 text:',
    receipted_message_id: id,
    message_state: 2,
  }, (answer) => tell({event: 'receipt answered', status: answer.command_status}));
}

function onSubmit(session, pdu) {
  const status = habits.throttled > 0 ? smpp.ESME_RTHROTTLED : smpp.ESME_ROK;
  habits.throttled -= status ? 1 : 0;
  const id = (0xA0000000 + ++count).toString(16).toUpperCase();
  tell({
    event: 'submit', source: pdu.source_addr, destination: pdu.destination_addr,
    text: textOf(pdu), part: partOf(pdu), id, status,
    coding: pdu.data_coding, registered: pdu.registered_delivery,
  });
  session.send(pdu.response(status ? {command_status: status} : {message_id: id}));
  if (!status && pdu.registered_delivery) receipt(pdu, id);
}

const server = smpp.createServer((session) => {
  const onBind = (pdu) => {
    const status = pdu.password === PASSWORD ? smpp.ESME_ROK : smpp.ESME_RINVPASWD;
    session.send(pdu.response({command_status: status, system_id: 'peer'}));
    if (!status && pdu.command !== 'bind_transmitter') receiver = session;
    tell({event: 'bind', command: pdu.command, system_id: pdu.system_id, status});
  };
  ['bind_transceiver', 'bind_transmitter', 'bind_receiver'].forEach((c) => session.on(c, onBind));
  session.on('submit_sm', (pdu) => onSubmit(session, pdu));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => {
    tell({event: 'unbind'});
    session.send(pdu.response());
    session.close();
  });
  session.on('error', (error) => tell({event: 'error', message: String(error)}));
});

const commands = {
  deliver: ({text, source, destination, udh}) => receiver.deliver_sm({
    source_addr_ton: 1, source_addr_npi: 1, source_addr: source,
    dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: destination,
    data_coding: null,
    short_message: udh ? {udh: Buffer.from(udh, 'hex'), message: text} : {message: text},
  }, (answer) => tell({event: 'answered', status: answer.command_status})),
  enquire: () => receiver.enquire_link({}, () => tell({event: 'alive'})),
  throttle: ({times}) => { habits.throttled = times; tell({event: 'throttling'}); },
};

readline.createInterface({input: process.stdin})
  .on('line', (line) => { const command = JSON.parse(line); commands[command.do](command); })
  .on('close', () => process.exit(0));
server.listen(0, '127.0.0.1', () => tell({event: 'listening', port: server.address().port}));
