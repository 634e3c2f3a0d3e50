import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import LumaAI from 'lumaai';
import { isMp4, startFramegate } from './framegate.mjs';

let framegate, luma;
before(async () => {
  framegate = await startFramegate();
  luma = new LumaAI({ authToken: 'the-app-s-own-key', baseURL: `${framegate.url}/dream-machine`, maxRetries: 0 });
});
after(() => framegate.stop());

const ended = async id => {
  for (;;) {
    const generation = await luma.generations.get(id);
    if (['completed', 'failed'].includes(generation.state)) {
      return generation;
    }

    await new Promise(resolve => setTimeout(resolve, 200));
  }
};

test('dream machine: a clip, and what is known of it', async () => {
  const { id } = await luma.generations.create({ model: 'ray-2', prompt: 'sdk luma: a paper boat sandbox:slow=1', resolution: '720p', duration: '5s' });
  const generation = await ended(id);
  assert.equal(generation.state, 'completed');
  assert.ok(isMp4(await (await fetch(generation.assets.video)).arrayBuffer()));
  assert.equal(await framegate.submits('sdk luma: a paper boat sandbox:slow=1'), 1);
});

test('dream machine: a refusal, a moderated prompt, a job that nobody knows', async () => {
  await assert.rejects(luma.generations.create({ model: 'ray-2', prompt: 'x', aspect_ratio: '17:3' }), LumaAI.UnprocessableEntityError);
  const { id } = await luma.generations.create({ model: 'ray-2', prompt: 'sdk luma: sandbox:moderated sandbox:slow=1' });
  assert.match((await ended(id)).failure_reason, /moderation/);
  await assert.rejects(luma.generations.get('00000000-0000-4000-8000-000000000000'), LumaAI.APIError);
});
