// HTTP/2 without TLS: a mesh or a balancer in front that speaks it with prior knowledge.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { freePort, program, startFramegate } from './framegate.mjs';

/** What a container's health check ends with. */
const health = url => new Promise(resolve => execFile('dotnet', [program, 'health', '--urls', url], (error, _, said) => resolve({ code: error?.code ?? 0, said })));

test('the health check of a container asks in whatever the listener speaks, and says why where nobody listens', async () => {
  const [one, two] = await Promise.all([startFramegate(), startFramegate({ Kestrel__EndpointDefaults__Protocols: 'Http2' })]);
  try {
    assert.deepEqual(await health(one.url), { code: 0, said: '' });
    assert.deepEqual(await health(two.url), { code: 0, said: '' });
  } finally {
    await Promise.all([one.stop(), two.stop()]);
  }
  const { code, said } = await health(`http://127.0.0.1:${await freePort()}`);
  assert.equal(code, 1);
  assert.match(said, /refused/i);
});

test('a listener as it comes tells whoever begins with HTTP/2 that HTTP/1.1 is wanted', async () => {
  const framegate = await startFramegate(), socket = new Socket();
  try {
    socket.connect(Number(new URL(framegate.url).port), '127.0.0.1').write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const [frame] = await once(socket, 'data');
    // GOAWAY, with HTTP_1_1_REQUIRED.
    assert.deepEqual([frame[3], frame.readUInt32BE(13)], [7, 13]);
  } finally {
    socket.destroy();
    await framegate.stop();
  }
});

test('a listener of HTTP/2 serves jobs, their results and their events', async () => {
  const framegate = await startFramegate({ Kestrel__EndpointDefaults__Protocols: 'Http2' }), client = connect(framegate.url);
  const call = async (headers, body) => {
    const stream = client.request(headers);
    stream.end(body);
    const [{ ':status': status }] = await once(stream, 'response'), chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return { status, bytes: Buffer.concat(chunks) };
  };
  try {
    const made = await call({ ':method': 'POST', ':path': '/generations', 'content-type': 'application/json' }, JSON.stringify({ provider: 'flux', model: 'flux-pro-1.1', media_type: 'image', prompt: 'A harbour' }));
    assert.equal(made.status, 200);
    const { request_id: id, result } = JSON.parse(made.bytes);
    assert.match((await call({ ':path': `/generations/${id}/events` })).bytes.toString(), /event: completed/);
    assert.equal((await call({ ':path': new URL(result.media[0].url).pathname })).bytes.subarray(1, 4).toString(), 'PNG');
  } finally {
    client.close();
    await framegate.stop();
  }
});

test('who hangs up on HTTP/2 while a job runs, or with most of a picture unread, and asks again pays once', async () => {
  const framegate = await startFramegate({ Kestrel__EndpointDefaults__Protocols: 'Http2' }), pause = time => new Promise(resolve => setTimeout(resolve, time));
  const client = connect(framegate.url);
  const post = (on, path, body) => {
    const stream = on.request({ ':method': 'POST', ':path': path, 'content-type': 'application/json', 'cache-control': 'no-store' });
    stream.on('error', () => {});
    return stream.end(JSON.stringify(body));
  };
  const read = async stream => {
    const [{ ':status': status }] = await once(stream, 'response'), chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return { status, bytes: Buffer.concat(chunks) };
  };
  const unified = prompt => ({ provider: 'flux', model: 'flux-dev', media_type: 'image', prompt }), dialect = prompt => ({ model: 'flux/flux-dev', prompt });
  try {
    for (const [path, bodyOf, unread, leave] of [
      ['/generations', unified, false, stream => stream.close(8)], ['/generations', unified, false, (_, other) => other.destroy()],
      ['/v1/images/generations', dialect, false, stream => stream.close(8)], ['/v1/images/generations', dialect, true, stream => stream.close(8)],
      ['/v1/images/generations', dialect, true, (_, other) => other.destroy()],
    ]) {
      const body = bodyOf(`sandbox:slow=${unread ? 1 : 3} ${crypto.randomUUID()}`), other = connect(framegate.url, { settings: { initialWindowSize: 100 } }), stream = post(other, path, body);
      await (unread ? once(stream, 'response') : pause(700));
      leave(stream, other);
      // The two connections are read apart: what is left on one is not known yet to who asks at once on the other. Clients wait before they ask again.
      await pause(1500);
      assert.equal((await read(post(client, path, body))).status, 200);
      const { data } = JSON.parse((await read(client.request({ ':path': '/sora/sandbox/ledger' }))).bytes);
      assert.equal(data.filter(entry => entry.prompt === body.prompt).length, 1, `${path} ${unread}`);
      other.destroy();
    }
  } finally {
    client.close();
    await framegate.stop();
  }
});
