import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Replicate from 'replicate';
import { isPng, startFramegate } from './framegate.mjs';

let framegate, replicate;
before(async () => {
  framegate = await startFramegate({ FRAMEGATE_CLIENT_KEY: 'the-app-s-own-key' });
  replicate = new Replicate({ auth: 'the-app-s-own-key', baseUrl: `${framegate.url}/replicate/v1`, useFileOutput: false });
});
after(() => framegate.stop());

const model = 'black-forest-labs/flux-schnell';

for (const [mode, wait] of Object.entries({ 'waiting for the answer': undefined, polling: { mode: 'poll', interval: 200 } })) {
  test(`run, ${mode}`, async () => {
    const prompt = `sdk: a paper boat, ${mode}`;
    const [url] = await replicate.run(model, { input: { prompt, output_format: 'png' }, wait });
    assert.ok(isPng(await (await fetch(url)).arrayBuffer()));
    assert.equal(await framegate.submits(prompt), 1);
  });
}

test('predictions: create, get by id, list, cancel', async () => {
  const prompt = 'sdk replicate: sandbox:slow=60';
  const created = await replicate.predictions.create({ model, input: { prompt } });
  assert.ok(created.urls.get.startsWith(`${framegate.url}/replicate/`), created.urls.get);
  assert.match((await replicate.predictions.get(created.id)).status, /starting|processing/);
  assert.ok((await replicate.predictions.list()).results.some(p => p.id === created.id));
  assert.equal((await replicate.predictions.cancel(created.id)).id, created.id);
  assert.equal((await replicate.predictions.get(created.id)).status, 'canceled');
  assert.equal(await framegate.submits(prompt), 1);
});

test('a flagged prompt fails as Replicate says it', async () => {
  await assert.rejects(replicate.run(model, { input: { prompt: 'sdk replicate: sandbox:moderated' }, wait: { mode: 'poll', interval: 200 } }), /sensitive|E005|NSFW/i);
});

test('a submit whose answer is lost is not sent again by the SDK', async () => {
  const prompt = 'sdk replicate lost: sandbox:drop';
  await assert.rejects(replicate.run(model, { input: { prompt } }));
  assert.equal(await framegate.submits(prompt), 1);
});
