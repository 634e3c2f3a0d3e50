import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { isMp4, isPng, isWav, startFramegate } from './framegate.mjs';

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

describe('/openai', () => {
  let own;
  before(() => { own = new OpenAI({ apiKey: 'the-app-s-own-key', baseURL: `${framegate.url}/openai/v1` }); });

  test('responses: create', async () => {
    const response = await own.responses.create({ model: 'gpt-5.5', input: 'sdk: name a boat' });
    assert.equal(response.status, 'completed');
    assert.ok(response.output_text.length > 0);
    assert.ok(response.usage.total_tokens > 0);
    assert.equal(await framegate.submits('sdk: name a boat'), 1);
  });

  test('responses: create as a stream', async () => {
    const types = [];
    for await (const event of await own.responses.create({ model: 'gpt-5.5', input: 'sdk: name a ship', stream: true })) types.push(event.type);
    assert.equal(types.at(-1), 'response.completed');
    assert.ok(types.includes('response.output_text.delta'));
    assert.equal(await framegate.submits('sdk: name a ship'), 1);
  });

  test('images: generate, edit', async () => {
    const model = 'gpt-image-2.6-flare';
    const { data: [drawn] } = await own.images.generate({ model, prompt: 'sdk: a drawn boat', quality: 'low', size: '1024x1024' });
    const picture = Buffer.from(drawn.b64_json, 'base64');
    assert.ok(isPng(picture));
    const image = await toFile(picture, 'boat.png', { type: 'image/png' });
    const { data: [edited] } = await own.images.edit({ model, prompt: 'sdk: two boats', image: [image, image] });
    assert.ok(isPng(Buffer.from(edited.b64_json, 'base64')));
    assert.deepEqual([await framegate.submits('sdk: a drawn boat'), await framegate.submits('sdk: two boats')], [1, 1]);
  });

  test('images: generate as a stream', async () => {
    const types = [];
    const stream = await own.images.generate({ model: 'gpt-image-2.6-flare', prompt: 'sdk: a boat in steps', stream: true, partial_images: 1 });
    for await (const event of stream) types.push(event.type);
    assert.equal(types.at(-1), 'image_generation.completed');
    assert.equal(await framegate.submits('sdk: a boat in steps'), 1);
  });

  test('audio: speech', async () => {
    const speech = await own.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'sdk: a spoken boat', response_format: 'wav' });
    assert.ok(isWav(await speech.arrayBuffer()));
    assert.equal(await framegate.submits('sdk: a spoken boat'), 1);
  });
});
