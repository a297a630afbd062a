// `@ringcentral/sdk` against the server that the environment names, as demo.env spells it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { loggedIn } from './page.mjs';

const { SDK } = createRequire(import.meta.url)('@ringcentral/sdk');
const env = process.env;
const ada = { username: env.RC_USERNAME, extension: env.RC_EXTENSION, password: env.RC_PASSWORD };
const mine = '/restapi/v1.0/account/~/extension/~';

function newSdk(clientId = env.RC_APP_CLIENT_ID, clientSecret = env.RC_APP_CLIENT_SECRET) {
  return new SDK({
    server: env.RC_SERVER_URL,
    clientId,
    clientSecret,
    redirectUri: env.RC_REDIRECT_URI,
  });
}

async function refusal(promise) {
  const error = await promise.then(
    () => assert.fail('it was not refused'),
    (reason) => reason,
  );
  const body = await error.response.json();
  return [error.response.status, body.errors[0].errorCode];
}

async function isMe(platform) {
  const me = await (await platform.get(mine)).json();
  assert.equal(me.extensionNumber, '101');
}

async function byJwt() {
  const sdk = newSdk();
  await sdk.platform().login({ jwt: env.RC_USER_JWT });
  await isMe(sdk.platform());
  return sdk;
}

async function byPassword() {
  const sdk = newSdk();
  await sdk.platform().login(ada);
  await isMe(sdk.platform());
  const wrong = newSdk().platform().login({ ...ada, password: 'wrong' });
  assert.deepEqual(await refusal(wrong), [400, 'OAU-140']);
}

async function byCode(sdk, usePKCE) {
  const platform = sdk.platform();
  const url = platform.loginUrl({ state: 'of mine', usePKCE });
  const back = await loggedIn(url, ada);
  assert.ok(back.href.startsWith(env.RC_REDIRECT_URI));
  const given = platform.parseLoginRedirect(back.search);
  assert.equal(given.state, 'of mine');
  await platform.login(given);
  await isMe(platform);
}

async function ownNumber(platform) {
  const { records } = await (await platform.get(`${mine}/phone-number`)).json();
  const usable = records.filter((record) => record.features.includes('SmsSender'));
  return usable.find((record) => record.usageType === 'DirectNumber').phoneNumber;
}

async function send(platform) {
  const answer = await platform.post(`${mine}/sms`, {
    from: { phoneNumber: await ownNumber(platform) },
    to: [{ phoneNumber: env.SMS_RECIPIENT }],
    text: 'Hello from @ringcentral/sdk',
  });
  let sms = await answer.json();
  assert.equal(sms.messageStatus, 'Queued');
  while (sms.messageStatus === 'Queued') {
    await pause(50);
    sms = await (await platform.get(`${mine}/message-store/${sms.id}`)).json();
  }
  assert.ok(['Sent', 'Delivered'].includes(sms.messageStatus));
  return sms;
}

async function page(platform) {
  const answer = await platform.post(`${mine}/company-pager`, {
    from: { extensionNumber: '101' },
    to: [{ extensionNumber: '102' }, { extensionNumber: '103' }],
    text: 'Grüße 😀',
  });
  const sent = await answer.json();
  assert.equal(sent.messageStatus, 'Sent');
  assert.deepEqual(sent.to.map((one) => one.extensionNumber), ['101', '102', '103']);
  return sent;
}

async function listed(platform, query) {
  const { records } = await (await platform.get(`${mine}/message-store`, query)).json();
  return records.map((record) => record.id);
}

async function readAll(sdk, sms, paged) {
  const platform = sdk.platform();
  assert.deepEqual(await listed(platform, { messageType: ['SMS', 'Pager'], direction: 'Outbound' }), [
    paged.id,
    sms.id,
  ]);
  assert.deepEqual(await listed(platform, { messageType: 'SMS' }), [sms.id]);
  assert.deepEqual(await listed(platform, { messageType: ['Fax', 'VoiceMail'] }), []);
  const batch = await platform.get(`${mine}/message-store/${sms.id},${paged.id},77`);
  assert.equal(batch.status, 207);
  const parts = await sdk.client().toMultipart(batch);
  assert.deepEqual(parts.map((part) => part.status), [200, 200, 404]);
  assert.equal((await parts[0].json()).id, sms.id);
  assert.equal((await parts[1].json()).subject, 'Grüße 😀');
  assert.equal((await parts[2].json()).errorCode, 'CMN-102');
  const content = await platform.get(paged.attachments[0].uri);
  assert.equal(await content.text(), 'Grüße 😀');
}

async function synchronize(platform) {
  const sync = async (query) => (await platform.get(`${mine}/message-sync`, query)).json();
  const full = await sync({ syncType: 'FSync', recordCount: 250 });
  assert.equal(full.syncInfo.olderRecordsExist, false);
  const paged = await page(platform);
  const told = await sync({ syncType: 'ISync', syncToken: full.syncInfo.syncToken });
  assert.ok(told.records.some((record) => record.id === paged.id));
  assert.deepEqual(await refusal(sync({ syncType: 'ISync', syncToken: 'garbage' })), [
    400,
    'MSG-333',
  ]);
}

async function change(platform, paged) {
  const path = `${mine}/message-store/${paged.id}`;
  const read = await (await platform.put(path, { readStatus: 'Read' })).json();
  assert.equal(read.readStatus, 'Read');
  assert.equal((await platform.delete(path)).status, 204);
  assert.deepEqual(await refusal(platform.get(path)), [404, 'CMN-102']);
}

async function refreshAndLogOut(platform) {
  const before = (await platform.auth().data()).access_token;
  await platform.refresh();
  const after = (await platform.auth().data()).access_token;
  assert.notEqual(after, before);
  await isMe(platform);
  await platform.logout();
  for (const token of [before, after]) {
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await fetch(env.RC_SERVER_URL + mine, { headers })).status, 401);
  }
}

await byPassword();
await byCode(newSdk(), false);
await byCode(newSdk(), true);
await byCode(newSdk(env.RC_PUBLIC_CLIENT_ID, ''), true);
const sdk = await byJwt();
const sms = await send(sdk.platform());
const paged = await page(sdk.platform());
await readAll(sdk, sms, paged);
await synchronize(sdk.platform());
await change(sdk.platform(), paged);
await refreshAndLogOut(sdk.platform());
console.log('all is well');
