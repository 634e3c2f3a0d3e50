// Results in a bucket: who is led there, and what is told while it is away.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { isPng, startBucket, startFramegate } from './framegate.mjs';

let bucket, framegate, agent;
before(async () => {
  bucket = await startBucket();
  framegate = await startFramegate({ ...bucket.variables, Framegate__Media__Bucket__Redirect: 'true' });
  agent = new Client({ name: 'test', version: '1' });
  await agent.connect(new StreamableHTTPClientTransport(new URL(`${framegate.url}/mcp`)));
});
after(async () => { await agent?.close(); await framegate?.stop(); bucket?.stop(); });

const picture = async prompt => (await (await fetch(`${framegate.url}/generations`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ provider: 'flux', model: 'flux-pro-1.1', media_type: 'image', prompt, parameters: { width: 256, height: 256 } }),
})).json());

test('a file is had from the bucket, and from here by who asks for no redirect', async () => {
  const { result: { media: [{ id }] } } = await picture('In the bucket'), read = (query = '', headers = {}) => fetch(`${framegate.url}/media/${id}${query}`, { redirect: 'manual', headers });
  for (const [query, headers, status] of [['', {}, 302], ['?redirect=true', {}, 302], ['?redirect=false', {}, 200], ['', { 'Sec-Fetch-Site': 'same-origin' }, 200], ['?redirect=no', {}, 400]]) {
    const answer = await read(query, headers);
    assert.equal(answer.status, status, query);
    if (status === 200) assert.ok(isPng(Buffer.from(await answer.arrayBuffer())));
    if (status === 302) assert.ok(isPng(Buffer.from(await (await fetch(answer.headers.get('location'))).arrayBuffer())));
  }
});

test('an agent is told of what is done and paid for also while the bucket is away, without the picture itself', async () => {
  const look = async id => agent.callTool({ name: 'get_generation', arguments: { id } }), { request_id: id, result: { media: [{ id: media }] } } = await picture('Kept elsewhere');
  assert.ok((await look(id)).content.some(c => c.type === 'image'));

  // The file here has made room for others.
  rmSync(join(framegate.data, 'sandbox', 'media', media.slice(-2), media), { force: true });
  bucket.isAway = true;
  try {
    const answer = await look(id);
    assert.ok(!answer.isError, JSON.stringify(answer.content));
    assert.equal(answer.structuredContent.status, 'success');
    assert.deepEqual(answer.content.map(c => c.type), ['text', 'resource_link']);
  } finally {
    bucket.isAway = false;
  }
});
