import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isPng, startFramegate } from './framegate.mjs';

let framegate;
before(async () => { framegate = await startFramegate(); });
after(() => framegate.stop());

test('flux over plain HTTP: submit, poll the URL that was given, download', async () => {
  const headers = { 'x-key': 'the-app-s-own-key', 'content-type': 'application/json' };
  const submitted = await (await fetch(`${framegate.url}/flux/v1/flux-pro-1.1`, {
    method: 'POST', headers, body: JSON.stringify({ prompt: 'a red fox', width: 512, height: 512 }),
  })).json();
  assert.ok(submitted.polling_url.startsWith(`${framegate.url}/flux/`), submitted.polling_url);
  assert.equal(new URL(submitted.polling_url).searchParams.get('id'), submitted.id);
  let polled;
  do {
    await new Promise(resolve => setTimeout(resolve, 100));
    polled = await (await fetch(submitted.polling_url, { headers })).json();
  } while (polled.status === 'Pending');
  assert.equal(polled.status, 'Ready');
  assert.ok(isPng(await (await fetch(polled.result.sample)).arrayBuffer()));
});

test('flux: a validation error passes as it is', async () => {
  const answer = await fetch(`${framegate.url}/flux/v1/flux-pro-1.1`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ prompt: 'x', width: 17 }),
  });
  assert.equal(answer.status, 422);
  assert.deepEqual((await answer.json()).detail[0].loc, ['body', 'width']);
});
