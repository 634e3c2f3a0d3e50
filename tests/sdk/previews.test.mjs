// Pictures that OpenAI's models show while they are made, through OpenAI's own client: on images and on responses, each paid once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { isPng, startFramegate } from './framegate.mjs';

const unique = text => `${text} ${crypto.randomUUID()}`;
const model = 'openai/gpt-image-2';
let framegate, client;
before(async () => {
  framegate = await startFramegate();
  client = new OpenAI({ apiKey: 'k', baseURL: `${framegate.url}/v1` });
});
after(() => framegate.stop());

async function eventsOf(call) {
  const events = [];
  for await (const event of await call) events.push(event);
  return events;
}

const picture = base64 => Buffer.from(base64, 'base64');

test('previews come before the whole, with what the client reads of them', async () => {
  for (const [kind, call] of [
    ['image_generation', body => client.images.generate(body)],
    ['image_edit', async body => client.images.edit({ ...body, image: await toFile(picture((await client.images.generate({ model: 'flux/flux-dev', prompt: unique('a boat'), size: '512x512' })).data[0].b64_json), 'boat.png', { type: 'image/png' }) })],
  ]) {
    const prompt = unique(kind);
    const events = await eventsOf(call({ model, prompt, stream: true, partial_images: 2, size: '1024x1024', quality: 'low', output_format: 'png' }));
    assert.deepEqual(events.map(e => [e.type, e.partial_image_index]), [[`${kind}.partial_image`, 0], [`${kind}.partial_image`, 1], [`${kind}.completed`, undefined]]);
    for (const event of events) {
      assert.ok(isPng(picture(event.b64_json)));
      assert.deepEqual([event.size, event.quality, event.background, event.output_format], ['1024x1024', 'low', 'opaque', 'png']);
    }

    assert.ok(events[2].usage.total_tokens > 0);
    assert.equal(await framegate.submits(prompt), 1);
  }
});

test('of several images each shows its own, and is an order of its own', async () => {
  const prompt = unique('two');
  const events = await eventsOf(client.images.generate({ model, prompt, n: 2, stream: true, partial_images: 1 }));
  assert.deepEqual(events.map(e => e.type).sort(), ['image_generation.completed', 'image_generation.completed', 'image_generation.partial_image', 'image_generation.partial_image']);
  assert.equal(new Set(events.filter(e => e.usage).map(e => e.b64_json)).size, 2);
  assert.equal(await framegate.submits(prompt), 2);
});

test('where there are none, the whole image comes alone, and a warning says why', async () => {
  for (const body of [{ model: 'flux/flux-dev', stream: true }, { model: 'openai/gpt-image-2.6-flare', stream: true, output_format: 'svg' }, { model }]) {
    const prompt = unique('alone');
    const { data, response } = await client.images.generate({ ...body, prompt, partial_images: 2 }).withResponse();
    assert.match(response.headers.get('x-framegate-warnings'), /partial_images/);
    assert.equal(body.stream ? (await eventsOf(data)).length : data.data.length, 1);
    assert.equal(await framegate.submits(prompt), 1);
  }
});

test('a failure after the first preview ends the stream, and is paid once', async () => {
  for (const [magic, shown] of [['sandbox:error', 2], ['sandbox:drop', 0], ['sandbox:moderated', 0]]) {
    const prompt = unique(magic);
    const events = [];
    await assert.rejects(async () => {
      for await (const event of await client.images.generate({ model, prompt, stream: true, partial_images: 2 })) events.push(event);
    });
    assert.equal(events.length, shown);
    assert.equal(await framegate.submits(prompt), 1);
  }
});

test('a client that goes away after a preview leaves an image that is made and kept', async () => {
  const prompt = unique('sandbox:slow=2');
  for await (const event of await client.images.generate({ model, prompt, stream: true, partial_images: 1 })) {
    assert.equal(event.type, 'image_generation.partial_image');
    break;
  }

  let made;
  do {
    await new Promise(resolve => setTimeout(resolve, 100));
    const { data } = await (await fetch(`${framegate.url}/generations?limit=1`)).json();
    made = data[0];
  } while (made.status === 'processing');
  assert.equal(made.status, 'success');
  const file = await fetch(made.result.media[0].url);
  assert.ok(isPng(await file.arrayBuffer()));

  // Whoever asks again for what was lost gets that one.
  const again = await eventsOf(client.images.generate({ model, prompt, stream: true, partial_images: 1 }));
  assert.equal(again.at(-1).type, 'image_generation.completed');
  assert.equal(await framegate.submits(prompt), 1);
});

test('a response shows what its image tool works on, and its numbers hold when it is looked up', async () => {
  const prompt = unique('shown');
  const events = await eventsOf(client.responses.create({ model: 'gpt-5.5', input: prompt, stream: true, tools: [{ type: 'image_generation', partial_images: 2 }] }));
  const shown = events.filter(e => e.type === 'response.image_generation_call.partial_image');
  assert.deepEqual(shown.map(e => [e.partial_image_index, isPng(picture(e.partial_image_b64))]), [[0, true], [1, true]]);
  const again = await eventsOf(client.responses.retrieve(events.at(-1).response.id, { stream: true, starting_after: shown[1].sequence_number }));
  assert.deepEqual(again, events.slice(events.indexOf(shown[1]) + 1));
  assert.equal(await framegate.submits(prompt), 1);
});
