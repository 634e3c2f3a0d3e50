import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiError, createFalClient } from '@fal-ai/client';
import { isMp4, isPng, startFramegate } from './framegate.mjs';

let framegate, fal;
before(async () => {
  framegate = await startFramegate();
  fal = createFalClient({ credentials: 'the-app-s-own-key', proxyUrl: { url: `${framegate.url}/pika`, when: 'always' } });
});
after(() => framegate.stop());

const model = 'fal-ai/pika/v2.2/text-to-video';

test('subscribe to a model through the proxy convention', async () => {
  const states = [];
  const { data, requestId } = await fal.subscribe(model, {
    input: { prompt: 'sdk: a paper boat' }, pollInterval: 200, onQueueUpdate: update => states.push(update.status),
  });
  assert.ok(requestId);
  assert.equal(states.at(-1), 'COMPLETED');
  assert.ok(isMp4(await (await fetch(data.video.url)).arrayBuffer()));
  assert.equal(await framegate.submits('sdk: a paper boat'), 1);
});

test('queue: submit, status, cancel', async () => {
  const { request_id: requestId } = await fal.queue.submit(model, { input: { prompt: 'sdk: sandbox:slow=60' } });
  assert.match((await fal.queue.status(model, { requestId })).status, /IN_QUEUE|IN_PROGRESS/);
  await fal.queue.cancel(model, { requestId });
});

test('a moderated prompt fails as fal says it', async () => {
  await assert.rejects(fal.subscribe(model, { input: { prompt: 'sdk: sandbox:moderated' }, pollInterval: 200 }), ApiError);
});

test('a target outside fal is refused', async () => {
  const answer = await fetch(`${framegate.url}/pika`, { method: 'POST', headers: { 'x-fal-target-url': 'https://example.com/steal' }, body: '{}' });
  assert.equal(answer.status, 400);
});

test('/fal: any model', async () => {
  const client = createFalClient({ credentials: 'the-app-s-own-key', proxyUrl: { url: `${framegate.url}/fal`, when: 'always' } });
  for (const [model, input, read] of [
    ['fal-ai/flux/dev', { prompt: 'sdk: a paper boat, drawn', output_format: 'png' }, async data => isPng(await bytes(data.images[0]))],
    ['alibaba/wan-3.0/text-to-video', { prompt: 'sdk: a paper boat, filmed', duration: 5 }, async data => isMp4(await bytes(data.video))]]) {
    const { data } = await client.subscribe(model, { input, pollInterval: 200 });
    assert.ok(await read(data), model);
    assert.equal(await framegate.submits(input.prompt), 1);
  }

  const { request_id: requestId } = await client.queue.submit('fal-ai/flux/dev', { input: { prompt: 'sdk fal: sandbox:slow=60' } });
  assert.match((await client.queue.status('fal-ai/flux/dev', { requestId })).status, /IN_QUEUE|IN_PROGRESS/);
  await client.queue.cancel('fal-ai/flux/dev', { requestId });
  await assert.rejects(client.subscribe('fal-ai/flux/dev', { input: { prompt: 'sdk fal: sandbox:moderated' }, pollInterval: 200 }), ApiError);
});

test('/fal: run at once, and an upload', async () => {
  const client = createFalClient({ credentials: 'the-app-s-own-key', proxyUrl: { url: `${framegate.url}/fal`, when: 'always' } });
  const { data } = await client.run('fal-ai/flux/dev', { input: { prompt: 'sdk: a paper boat, at once', output_format: 'png' } });
  assert.ok(isPng(await bytes(data.images[0])));
  assert.equal(await framegate.submits('sdk: a paper boat, at once'), 1);

  const url = await client.storage.upload(new Blob(['a paper boat'], { type: 'text/plain' }));
  assert.equal(await (await fetch(url)).text(), 'a paper boat');
});

test('/fal: no other host, and no other call of these', async () => {
  for (const target of ['https://fal.run.evil.example/fal-ai/flux/dev', 'https://rest.fal.ai/keys', 'https://api.fal.ai/v1/keys', 'http://fal.run/fal-ai/flux/dev']) {
    const answer = await fetch(`${framegate.url}/fal`, { method: 'POST', headers: { 'x-fal-target-url': target }, body: '{}' });
    assert.ok([400, 403].includes(answer.status), `${target}: ${answer.status}`);
  }
});

const bytes = async file => (await fetch(file.url)).arrayBuffer();
