// The typed client: its types are those of the document that the program serves, and it pays once.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { Framegate, FramegateError } from '../../clients/typescript/index.js';
import { isPng, startFramegate } from './framegate.mjs';

const schema = join(dirname(fileURLToPath(import.meta.url)), '../../clients/typescript/schema.d.ts');
const unique = text => `${text} ${crypto.randomUUID()}`;
const request = prompt => ({ provider: 'flux', model: 'flux-dev', media_type: 'image', prompt });
let framegate;
let client;
before(async () => {
  framegate = await startFramegate();
  client = new Framegate({ baseURL: framegate.url });
});
after(() => framegate.stop());

test('its types are those of the served document', async () => {
  const types = astToString(await openapiTS(new URL(`${framegate.url}/openapi/v2.json`)));
  if (process.env.FRAMEGATE_WRITE_SCHEMA) {
    writeFileSync(schema, types);
  }

  assert.equal(readFileSync(schema, 'utf8'), types);
});

test('a picture is made, fetched, and followed', async () => {
  const made = await client.generate(request(unique('sandbox:ok')), { pollMs: 50 });
  assert.ok(isPng(await client.media(made.result.media[0].id)));
  const { request_id: id } = await client.start(request(unique('sandbox:ok')));
  const events = [];
  for await (const { event } of client.events(id)) {
    events.push(event);
  }

  assert.equal(events.at(-1), 'completed');
  assert.equal((await client.quote(request('x'))).data[0].verdict, 'able');
  assert.ok((await client.models()).data.length > 20);
});

test('a lost answer is one paid job, a refusal is told, an end is an end', async () => {
  const lost = unique('sandbox:ok');
  let cuts = 0;
  const cutting = new Framegate({
    baseURL: framegate.url,
    fetch: async (...call) => {
      const response = await fetch(...call);
      if (call[1].method === 'POST' && cuts++ === 0) {
        throw new TypeError('the answer is lost');
      }

      return response;
    },
  });
  assert.equal((await cutting.generate(request(lost), { pollMs: 50 })).status, 'success');
  assert.equal(await framegate.submits(lost), 1);
  await assert.rejects(client.generate(request(unique('sandbox:moderated')), { pollMs: 50 }), error => error instanceof FramegateError && error.code === 'CONTENT_POLICY_VIOLATION');
  await assert.rejects(client.start({ ...request('x'), parameters: { width: 7 } }), error => error.status === 400);
  const { request_id: id } = await client.start(request(unique('sandbox:slow=60')));
  assert.equal((await client.cancel(id)).metadata.phase, 'cancelled');
});
