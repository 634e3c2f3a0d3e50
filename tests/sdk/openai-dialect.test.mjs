// OpenAI's own client against /v1, which leads to every provider.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import OpenAI, { toFile } from 'openai';
import { isMp3, isMp4, isPng, isWav, startFramegate } from './framegate.mjs';

let framegate, client;
before(async () => {
  framegate = await startFramegate();
  client = new OpenAI({ apiKey: 'the-app-s-own-key', baseURL: `${framegate.url}/v1` });
});
after(() => framegate.stop());

const jobKeys = [
  'completed_at', 'created_at', 'error', 'expires_at', 'id', 'model', 'object', 'progress', 'prompt', 'remixed_from_video_id', 'seconds', 'size', 'status'];

async function finished(id) {
  for (;;) {
    const video = await client.videos.retrieve(id);
    assert.deepEqual(Object.keys(video).sort(), jobKeys);
    assert.ok(['queued', 'in_progress', 'completed', 'failed'].includes(video.status), video.status);
    if (video.status === 'completed' || video.status === 'failed') return video;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

/** A client whose first answer to each POST is lost on the way: the gateway has worked, its SDK sees something else. */
function unlucky(lose, options = {}) {
  let posts = 0;
  const sdk = new OpenAI({
    apiKey: 'k', baseURL: `${framegate.url}/v1`, ...options,
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      if (init.method?.toUpperCase() !== 'POST' || posts++ > 0) return response;
      await response.arrayBuffer();
      return lose();
    },
  });
  return { sdk, tries: () => posts };
}

/** A PNG of one colour with alpha. */
function png(width, height, [r, g, b, a]) {
  const table = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
  const crc = bytes => { let c = 0xffffffff; for (const x of bytes) c = table[(c ^ x) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; };
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.from(Array.from({ length: width }, () => [r, g, b, a]).flat())]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(Array(height).fill(row)))), chunk('IEND', Buffer.alloc(0))]);
}

test('images: base64 by default, at the size asked for', async () => {
  const { data, created, ...rest } = await client.images.generate({ model: 'flux/flux-pro-1.1', prompt: 'dialect: a fox', size: '1024x768' });
  assert.ok(created > 1_700_000_000);
  assert.equal(data.length, 1);
  const bytes = Buffer.from(data[0].b64_json, 'base64');
  assert.ok(isPng(bytes));
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [1024, 768]);
  assert.equal(rest.size, '1024x768');
  assert.equal(rest.output_format, 'png');
  assert.equal(await framegate.submits('dialect: a fox'), 1);
});

test('images: several, as links, from a model that makes one per call', async () => {
  const { data } = await client.images.generate({ model: 'flux-dev', prompt: 'dialect: two foxes', n: 2, response_format: 'url' });
  assert.equal(data.length, 2);
  assert.notEqual(data[0].url, data[1].url);
  assert.ok(isPng(await (await fetch(data[0].url)).arrayBuffer()));
  assert.equal(await framegate.submits('dialect: two foxes'), 2);
});

test('images: runway', async () => {
  const { data } = await client.images.generate({ model: 'runway/gen4_image', prompt: 'dialect: runway', size: '1024x1024' });
  assert.ok(data[0].b64_json.length > 100);
});

test('images: an event stream ends with the completed image', async () => {
  const events = [];
  const stream = await client.images.generate({ model: 'flux-pro-1.1', prompt: 'dialect: stream', stream: true, partial_images: 2 });
  for await (const event of stream) events.push(event);
  assert.deepEqual(events.map(e => e.type), ['image_generation.completed']);
  assert.ok(isPng(Buffer.from(events[0].b64_json, 'base64')));
  assert.equal(events[0].background, 'opaque');
});

test('images: a failure on an event stream is raised', async () => {
  const stream = await client.images.generate({ model: 'flux-pro-1.1', prompt: 'dialect stream: sandbox:moderated', stream: true });
  await assert.rejects(async () => { for await (const _ of stream); }, error => error instanceof OpenAI.APIError && error.code === 'moderation_blocked');
});

test('images: edits with one image, with several, and on an event stream', async () => {
  const image = await toFile(png(256, 256, [200, 40, 40, 255]), 'fox.png', { type: 'image/png' });
  const one = await client.images.edit({ model: 'flux-kontext-pro', prompt: 'dialect: bluer', image });
  assert.ok(one.data[0].b64_json);
  const several = await client.images.edit({ model: 'runway/gen4_image', prompt: 'dialect: both', image: [image, image] });
  assert.ok(several.data[0].b64_json);
  const types = [];
  for await (const event of await client.images.edit({ model: 'flux-kontext-pro', prompt: 'dialect: greener', image, stream: true })) types.push(event.type);
  assert.deepEqual(types, ['image_edit.completed']);
});

test('images: an edit with a mask', async () => {
  const image = await toFile(png(256, 256, [200, 40, 40, 255]), 'fox.png', { type: 'image/png' });
  const mask = await toFile(png(256, 256, [0, 0, 0, 0]), 'mask.png', { type: 'image/png' });
  const edited = await client.images.edit({ model: 'flux-pro-1.0-fill', prompt: 'dialect: a hat', image, mask });
  assert.ok(edited.data[0].b64_json);
});

test('images: OpenAI\'s own model, with its own fields', async () => {
  const model = 'gpt-image-2.6-flare';
  const { data, background } = await client.images.generate({ model, prompt: 'dialect: an emblem', quality: 'low', background: 'transparent', size: '1024x1024' });
  assert.ok(isPng(Buffer.from(data[0].b64_json, 'base64')));
  assert.equal(background, 'transparent');
  const image = await toFile(png(256, 256, [200, 40, 40, 255]), 'fox.png', { type: 'image/png' });
  const edited = await client.images.edit({ model, prompt: 'dialect: all three', image: [image, image, image], quality: 'low' });
  assert.ok(isPng(Buffer.from(edited.data[0].b64_json, 'base64')));
  assert.deepEqual([await framegate.submits('dialect: an emblem'), await framegate.submits('dialect: all three')], [1, 1]);
});

for (const [model, response_format, fits] of [['tts-1', 'wav', isWav], ['eleven_flash_v2_5', 'mp3', isMp3], ['eleven_flash_v2_5', 'wav', isWav]]) {
  test(`speech: ${model} as ${response_format}`, async () => {
    const input = `dialect: spoken by ${model} as ${response_format}`;
    const speech = await client.audio.speech.create({ model, voice: 'alloy', input, response_format });
    assert.ok(fits(await speech.arrayBuffer()));
    assert.equal(await framegate.submits(input), 1);
  });
}

test('speech: speed and instructions go to models that have them', async () => {
  const input = 'dialect: spoken fast. '.repeat(20);
  const spoken = async more => client.audio.speech.create({ model: 'openai/gpt-4o-mini-tts', voice: 'alloy', input, response_format: 'wav', ...more }).withResponse();
  const [slow, fast] = [await spoken({}), await spoken({ speed: 2, instructions: 'Be merry.' })];
  assert.equal(fast.response.headers.get('x-framegate-warnings'), null);
  const [long, short] = [await slow.data.arrayBuffer(), await fast.data.arrayBuffer()];
  assert.ok(isWav(short) && short.byteLength < long.byteLength * 0.7, `${short.byteLength} of ${long.byteLength}`);
  for (const [more, param] of [[{ speed: 9 }, 'speed'], [{ speed: 'fast' }, 'speed'], [{ model: 'elevenlabs/eleven_flash_v2_5', speed: 2 }, 'speed'], [{ stream_format: 'sse' }, 'stream_format']]) {
    await assert.rejects(spoken(more), error => error.status === 400 && error.param === param);
  }

  // A voice of the caller's own is sent on as it is, or by its id.
  for (const [model, id] of [['openai/gpt-4o-mini-tts', 'voice_1234'], ['tts-1', 'voice_1234'], ['elevenlabs/eleven_flash_v2_5', 'JBFqnCBsd6RMkjVDRZzb']]) {
    assert.equal((await spoken({ model, voice: { id } })).response.headers.get('x-framegate-warnings'), null);
  }
  await assert.rejects(spoken({ voice: { name: 'x' } }), error => error.status === 400 && error.param === 'voice');

  const { response } = await spoken({ model: 'elevenlabs/eleven_flash_v2_5', speed: 1, instructions: 'Be merry.' });
  assert.match(response.headers.get('x-framegate-warnings'), /instructions/);
});

for (const [model, size, seconds] of [
  ['flux-3-video', '1280x720', '5'], ['runway/gen4.5', '1280x720', '5'], ['veo/veo-3.1-fast-generate-001', '1280x720', '4'],
  ['fal-ai/pika/v2.2/text-to-video', '1280x720', '5'], ['sora-2', '720x1280', '4']]) {
  test(`videos: ${model}`, async () => {
    const prompt = `dialect: a boat by ${model}`;
    const created = await client.videos.create({ model, prompt, size, seconds });
    assert.deepEqual(Object.keys(created).sort(), jobKeys);
    assert.deepEqual([created.model, created.size, created.seconds, created.prompt], [model, size, seconds, prompt]);
    const done = await finished(created.id);
    assert.equal(done.status, 'completed');
    assert.equal(done.progress, 100);
    assert.ok(isMp4(await (await client.videos.downloadContent(created.id)).arrayBuffer()));
    assert.equal(await framegate.submits(prompt), 1);
  });
}

test('videos: an image to start from', async () => {
  const input_reference = await toFile(png(1280, 720, [10, 20, 30, 255]), 'start.png', { type: 'image/png' });
  const created = await client.videos.create({ model: 'runway/gen4_turbo', prompt: 'dialect: from an image', size: '1280x720', seconds: '5', input_reference });
  assert.equal((await finished(created.id)).status, 'completed');
});

test('videos: what was made by a name that apps have in their code is remixed, edited and prolonged by the same name', async () => {
  const created = await client.videos.create({ model: 'sora-2', prompt: 'dialect: by a name', size: '1280x720', seconds: '4' });
  assert.equal((await finished(created.id)).status, 'completed');
  for (const call of [() => client.videos.remix(created.id, { prompt: 'dialect: at night' }), () => client.videos.edit({ prompt: 'dialect: in winter', video: { id: created.id } }), () => client.videos.extend({ prompt: 'dialect: further on', seconds: '4', video: { id: created.id } })]) {
    const changed = await call();
    assert.deepEqual([changed.model, changed.remixed_from_video_id], ['sora-2', created.id]);
    assert.equal((await finished(changed.id)).status, 'completed');
  }
});

test('videos: list, remix and delete', async () => {
  const created = await client.videos.create({ model: 'sora/sora-2', prompt: 'dialect: to be remixed' });
  assert.deepEqual([created.seconds, created.size], ['4', '720x1280']);
  await finished(created.id);
  const remixed = await client.videos.remix(created.id, { prompt: 'dialect: remixed' });
  assert.equal(remixed.remixed_from_video_id, created.id);
  assert.equal((await finished(remixed.id)).status, 'completed');
  const listed = [];
  for await (const video of client.videos.list({ limit: 2 })) listed.push(video.id);
  assert.deepEqual(listed.slice(0, 2), [remixed.id, created.id]);
  const oldestFirst = [];
  for await (const video of client.videos.list({ limit: 2, order: 'asc' })) oldestFirst.push(video.id);
  assert.deepEqual(oldestFirst, listed.toReversed());
  assert.deepEqual(await client.videos.delete(created.id), { id: created.id, object: 'video.deleted', deleted: true });
  await assert.rejects(client.videos.retrieve(created.id), OpenAI.NotFoundError);
});

test('videos: one made through /generations, and the other way round', async () => {
  const body = { request_id: 'dialect-crossing', provider: 'runway', model: 'gen4.5', media_type: 'video', prompt: 'x', parameters: { width: 1280, height: 720, duration: 5 } };
  await fetch(`${framegate.url}/generations`, { method: 'POST', headers: { 'content-type': 'application/json', prefer: 'respond-async' }, body: JSON.stringify(body) });
  const done = await finished('dialect-crossing');
  assert.deepEqual([done.status, done.model], ['completed', 'runway/gen4.5']);
  const created = await client.videos.create({ model: 'runway/gen4.5', prompt: 'y', size: '1280x720', seconds: '5' });
  const { request_id, provider } = await (await fetch(`${framegate.url}/generations/${created.id}`)).json();
  assert.deepEqual([request_id, provider], [created.id, 'runway']);
});

test('videos: a refused prompt is a failed job', async () => {
  const created = await client.videos.create({ model: 'sora-2', prompt: 'dialect: sandbox:moderated' });
  const done = await finished(created.id);
  assert.deepEqual([done.status, done.error.code], ['failed', 'moderation_blocked']);
});

test('models: list and retrieve', async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.ok(ids.includes('flux/flux-pro-1.1') && ids.includes('sora/sora-2'));
  assert.equal((await client.models.retrieve('flux/flux-pro-1.1')).object, 'model');
  await assert.rejects(client.models.retrieve('no-such-model'), OpenAI.NotFoundError);
});

test('errors come as the SDK\'s own classes, and name the parameter', async () => {
  const raised = async (call, type, status, code, param) => assert.rejects(call, error => {
    assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
    assert.deepEqual([error.status, error.code, error.param], [status, code, param]);
    assert.match(error.requestID, /^req_/);
    return true;
  });
  const generate = more => client.images.generate({ model: 'flux-pro-1.1', prompt: 'x', ...more }, { maxRetries: 0 });
  await raised(generate({ size: '1x1' }), OpenAI.BadRequestError, 400, 'invalid_value', 'size');
  await raised(generate({ model: 'runway/gen4_image', size: '1000x1000' }), OpenAI.BadRequestError, 400, 'invalid_value', 'size');
  await raised(generate({ background: 'transparent' }), OpenAI.BadRequestError, 400, 'invalid_value', 'background');
  await raised(generate({ sizes: '1024x1024' }), OpenAI.BadRequestError, 400, 'unknown_parameter', 'sizes');
  await raised(generate({ model: undefined }), OpenAI.BadRequestError, 400, 'missing_required_parameter', 'model');
  await raised(generate({ model: 'no-such-model' }), OpenAI.NotFoundError, 404, 'model_not_found', 'model');
  await raised(generate({ prompt: 'sandbox:moderated' }), OpenAI.BadRequestError, 400, 'moderation_blocked', null);
  await raised(generate({ prompt: 'sandbox:rate-limited' }), OpenAI.RateLimitError, 429, 'rate_limit_exceeded', null);
  await raised(generate({ prompt: 'sandbox:credits' }), OpenAI.RateLimitError, 429, 'insufficient_quota', null);
  await raised(generate({ prompt: 'dialect lost: sandbox:drop' }), OpenAI.APIError, 424, 'upstream_unreachable', null);
  await raised(
    client.videos.create({ model: 'fal-ai/pika/v2.2/text-to-video', prompt: 'x', seconds: '7' }), OpenAI.BadRequestError, 400, 'invalid_value', 'seconds');
  await raised(client.videos.retrieve('video_unknown'), OpenAI.NotFoundError, 404, 'video_not_found', 'video_id');
});

test('retry: an image whose answer became a 500 on the way is paid once', async () => {
  const prompt = 'dialect retry: image 500';
  const { sdk, tries } = unlucky(() => new Response('{"error":{"message":"a proxy in between failed"}}', { status: 500 }));
  const { data } = await sdk.images.generate({ model: 'flux-pro-1.1', prompt });
  assert.ok(data[0].b64_json);
  assert.equal(tries(), 2);
  assert.equal(await framegate.submits(prompt), 1);
});

test('retry: a video whose answer became a 500 on the way is paid once', async () => {
  const prompt = 'dialect retry: video 500';
  const { sdk, tries } = unlucky(() => new Response('{}', { status: 500 }));
  const video = await sdk.videos.create({ model: 'runway/gen4.5', prompt, size: '1280x720', seconds: '5' });
  assert.equal((await finished(video.id)).status, 'completed');
  assert.equal(tries(), 2);
  assert.equal(await framegate.submits(prompt), 1);
});

test('retry: an upload whose connection broke is recognised', async () => {
  const prompt = 'dialect retry: edit broken';
  const { sdk, tries } = unlucky(() => { throw new TypeError('fetch failed'); });
  await sdk.images.edit({ model: 'flux-kontext-pro', prompt, image: await toFile(png(64, 64, [1, 2, 3, 255]), 'a.png', { type: 'image/png' }) });
  assert.equal(tries(), 2);
  assert.equal(await framegate.submits(prompt), 1);
});

test('retry: an image that takes longer than the client waits is paid once', async () => {
  const prompt = 'dialect retry: sandbox:slow=4';
  const { data } = await client.images.generate({ model: 'flux-pro-1.1', prompt }, { timeout: 2500, maxRetries: 3 });
  assert.ok(data[0].b64_json);
  assert.equal(await framegate.submits(prompt), 1);
});

test('retry: a job that may have been paid for is not sent again', async () => {
  const prompt = 'dialect no retry: sandbox:drop';
  await assert.rejects(client.images.generate({ model: 'flux-pro-1.1', prompt }), error => error instanceof OpenAI.APIError && error.status === 424);
  assert.equal(await framegate.submits(prompt), 1);
});

test('no retry: the same request twice is two jobs, at once or one after the other, and one with a seed', async () => {
  const send = (prompt, more) => client.images.generate({ model: 'flux-pro-1.1', prompt, ...more });
  const pictures = [...await Promise.all([1, 2].map(() => send('dialect: the same again'))), await send('dialect: the same again')];
  assert.equal(new Set(pictures.map(p => p.data[0].b64_json)).size, 3);
  assert.equal(await framegate.submits('dialect: the same again'), 3);
  const [a, b] = await Promise.all([1, 2].map(() => send('dialect: the same seed', { seed: 7 })));
  assert.equal(a.data[0].b64_json, b.data[0].b64_json);
  assert.equal(await framegate.submits('dialect: the same seed'), 1);
});

test('n pictures of one call are as many jobs, also when they are asked for again', async () => {
  const prompt = 'dialect: three parts';
  const { data } = await client.images.generate({ model: 'flux-pro-1.1', prompt, n: 3 });
  assert.equal(new Set(data.map((d) => d.b64_json)).size, data.length);
  assert.equal(await framegate.submits(prompt), 3);
});

test('Idempotency-Key: two first tries with one key are one', async () => {
  const prompt = 'dialect: one key';
  const send = () => client.images.generate({ model: 'flux-pro-1.1', prompt }, { headers: { 'Idempotency-Key': 'dialect-1' } });
  const [a, b] = await Promise.all([send(), send()]);
  assert.equal(a.data[0].b64_json, b.data[0].b64_json);
  assert.equal(await framegate.submits(prompt), 1);
  await assert.rejects(
    client.images.generate({ model: 'flux-pro-1.1', prompt: 'another' }, { headers: { 'Idempotency-Key': 'dialect-1' } }), OpenAI.UnprocessableEntityError);
});

test('README: the example runs as written', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, code] = readme.match(/<!-- example: openai-js -->\s*```js\n(.*?)```/s);
  assert.ok(code.includes('http://127.0.0.1:8080'));
  const run = spawnSync(process.execPath, ['--input-type=module'], {
    input: code.replaceAll('http://127.0.0.1:8080', framegate.url), cwd: import.meta.dirname, encoding: 'utf8', timeout: 60_000 });
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /^\d+\ncompleted \d+\n$/);
});
