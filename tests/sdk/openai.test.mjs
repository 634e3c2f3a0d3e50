import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { isMp4, startFramegate } from './framegate.mjs';

let framegate, client;
before(async () => {
  framegate = await startFramegate();
  client = new OpenAI({ apiKey: 'the-app-s-own-key', baseURL: `${framegate.url}/sora/v1` });
});
after(() => framegate.stop());

async function finished(id) {
  for (;;) {
    const video = await client.videos.retrieve(id);
    if (video.status === 'completed' || video.status === 'failed') return video;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

test('videos: create, poll, content, list, remix, delete', async () => {
  const created = await client.videos.create({ model: 'sora-2', prompt: 'sdk: a paper boat', size: '1280x720', seconds: '4' });
  assert.equal(created.status, 'queued');
  const done = await finished(created.id);
  assert.equal(done.status, 'completed');
  const bytes = await (await client.videos.downloadContent(created.id)).arrayBuffer();
  assert.ok(isMp4(bytes));
  const listed = [];
  for await (const video of client.videos.list({ limit: 10 })) listed.push(video.id);
  assert.ok(listed.includes(created.id));
  const remixed = await client.videos.remix(created.id, { prompt: 'sdk: the boat sinks' });
  assert.equal(remixed.remixed_from_video_id, created.id);
  await finished(remixed.id);
  assert.equal((await client.videos.delete(created.id)).deleted, true);
  assert.equal(await framegate.submits('sdk: a paper boat'), 1);
});

test('videos: a refused prompt fails as OpenAI says it', async () => {
  const created = await client.videos.create({ model: 'sora-2', prompt: 'sdk: sandbox:moderated' });
  const done = await finished(created.id);
  assert.equal(done.status, 'failed');
  assert.equal(done.error.code, 'moderation_blocked');
});

test('videos: errors come as the SDK\'s own classes', async () => {
  await assert.rejects(client.videos.create({ model: 'sora-2', prompt: 'x', seconds: '5' }), OpenAI.BadRequestError);
  await assert.rejects(client.videos.retrieve('video_unknown'), OpenAI.NotFoundError);
});

test('videos: a submit whose answer is lost is not sent again by the SDK', async () => {
  await assert.rejects(client.videos.create({ model: 'sora-2', prompt: 'sdk lost: sandbox:drop' }));
  assert.equal(await framegate.submits('sdk lost: sandbox:drop'), 1);
});
