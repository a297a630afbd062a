// `@rc-ex/core` against the server that the environment names, as demo.env spells it.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import RingCentral from '@rc-ex/core';
import { loggedIn } from './page.mjs';

const env = process.env;
const ada = { username: env.RC_USERNAME, extension: env.RC_EXTENSION, password: env.RC_PASSWORD };
const confidential = { clientId: env.RC_APP_CLIENT_ID, clientSecret: env.RC_APP_CLIENT_SECRET };
const open = { clientId: env.RC_PUBLIC_CLIENT_ID };
const mineOf = (rc) => rc.restapi().account().extension();

const newClient = (app) => new RingCentral({ server: env.RC_SERVER_URL, ...app });

async function refusal(promise) {
  const error = await promise.then(
    () => assert.fail('it was not refused'),
    (reason) => reason,
  );
  return [error.response.status, error.response.data.errors?.[0].errorCode];
}

async function isMe(rc) {
  assert.equal((await mineOf(rc).get()).extensionNumber, '101');
}

async function byJwt() {
  const rc = newClient(confidential);
  await rc.authorize({ jwt: env.RC_USER_JWT });
  await isMe(rc);
  return rc;
}

async function byCode(app) {
  const rc = newClient(app);
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL('/restapi/oauth/authorize', env.RC_SERVER_URL);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: env.RC_REDIRECT_URI,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const back = await loggedIn(url, ada);
  const code = back.searchParams.get('code');
  await rc.authorize({ code, redirect_uri: env.RC_REDIRECT_URI, code_verifier: verifier });
  await isMe(rc);
}

async function send(rc) {
  const { records } = await mineOf(rc).phoneNumber().get();
  const usable = records.filter((record) => record.features.includes('SmsSender'));
  const own = usable.find((record) => record.usageType === 'DirectNumber').phoneNumber;
  let sms = await mineOf(rc)
    .sms()
    .post({
      from: { phoneNumber: own },
      to: [{ phoneNumber: env.SMS_RECIPIENT }],
      text: 'Hello from @rc-ex/core',
    });
  assert.equal(sms.messageStatus, 'Queued');
  while (sms.messageStatus === 'Queued') {
    await pause(50);
    sms = await mineOf(rc).messageStore(`${sms.id}`).get();
  }
  assert.ok(['Sent', 'Delivered'].includes(sms.messageStatus));
  return sms;
}

async function page(rc) {
  const sent = await mineOf(rc)
    .companyPager()
    .post({
      from: { extensionNumber: '101' },
      to: [{ extensionNumber: '102' }, { extensionNumber: '103' }],
      text: 'Grüße 😀',
    });
  assert.deepEqual(sent.to.map((one) => one.extensionNumber), ['101', '102', '103']);
  return sent;
}

async function listed(rc, query) {
  const { records } = await mineOf(rc).messageStore().list(query);
  return records.map((record) => record.id);
}

async function readAll(rc, sms, paged) {
  assert.deepEqual(await listed(rc, { messageType: ['SMS', 'Pager'], direction: ['Outbound'] }), [
    paged.id,
    sms.id,
  ]);
  assert.deepEqual(await listed(rc, { messageType: ['SMS'] }), [sms.id]);
  const store = mineOf(rc).messageStore();
  const batch = await rc.get(`${store.path()}/${sms.id},${paged.id},77`);
  assert.equal(batch.status, 207);
  const boundary = batch.headers['content-type'].match(/boundary=([^;]+)/)[1];
  const parts = batch.data.split(`--${boundary}`).slice(1, -1);
  const bodies = parts.map((part) => JSON.parse(part.slice(part.indexOf('\r\n\r\n'))));
  assert.deepEqual(bodies[0].response.map((part) => part.status), [200, 200, 404]);
  assert.deepEqual(bodies.slice(1, 3).map((body) => body.id), [sms.id, paged.id]);
  assert.equal(bodies[3].errorCode, 'CMN-102');
  const content = await mineOf(rc).messageStore(`${paged.id}`).content('1').get();
  assert.equal(Buffer.from(content).toString(), 'Grüße 😀');
}

async function synchronize(rc) {
  const sync = mineOf(rc).messageSync();
  const full = await sync.get({ syncType: 'FSync', recordCount: 250 });
  assert.equal(full.syncInfo.olderRecordsExist, false);
  const paged = await page(rc);
  const { syncToken } = full.syncInfo;
  const told = await sync.get({ syncType: 'ISync', syncToken });
  assert.ok(told.records.some((record) => record.id === paged.id));
  assert.deepEqual(await refusal(sync.get({ syncType: 'ISync', syncToken: 'garbage' })), [
    400,
    'MSG-333',
  ]);
}

async function change(rc, paged) {
  const message = mineOf(rc).messageStore(`${paged.id}`);
  assert.equal((await message.put({ readStatus: 'Read' })).readStatus, 'Read');
  await message.delete({});
  assert.deepEqual(await refusal(message.get()), [404, 'CMN-102']);
}

async function refreshAndLogOut(rc) {
  const before = rc.token;
  await rc.refresh();
  const after = rc.token;
  assert.notEqual(after.access_token, before.access_token);
  await isMe(rc);
  await rc.revoke();
  for (const token of [before, after]) {
    rc.token = token;
    assert.equal((await refusal(mineOf(rc).get()))[0], 401);
  }
}

await byCode(confidential);
await byCode(open);
const rc = await byJwt();
const sms = await send(rc);
const paged = await page(rc);
await readAll(rc, sms, paged);
await synchronize(rc);
await change(rc, paged);
await refreshAndLogOut(rc);
console.log('all is well');
