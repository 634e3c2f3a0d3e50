// One trace of a clip: from the caller's own span to the callback, over a program that is killed on the way. The receiver speaks OTLP.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startFramegate, startSandbox } from './framegate.mjs';

const { opentelemetry } = createRequire(import.meta.url)('@opentelemetry/otlp-transformer/build/src/generated/root.js');
const Traces = opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
const TRACE = '0af7651916cd43dd8448eb211c80319c', CALLER = 'b7ad6b7169203331', PROMPT = 'sandbox:slow=3 a prompt that nobody may see';
const hex = bytes => Buffer.from(bytes ?? []).toString('hex');
let collector, receiver, sandbox, folder, framegate;
const spans = [], called = [];

const listen = server => new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)));
const read = async request => { const parts = []; for await (const part of request) parts.push(part); return Buffer.concat(parts); };
async function until(what, check) {
  for (let tries = 0; tries < 240; tries++) {
    if (await check()) return;
    await new Promise(resolve => setTimeout(resolve, 250));
  }

  assert.fail(`${what} has not come about; spans: ${spans.map(s => s.name)}`);
}

let start;
before(async () => {
  collector = createServer(async (request, response) => {
    for (const { resource, scopeSpans } of Traces.decode(await read(request)).resourceSpans) {
      for (const scope of scopeSpans) {
        spans.push(...scope.spans.map(span => ({
          service: resource.attributes.find(a => a.key === 'service.name')?.value.stringValue, scope: scope.scope.name, name: span.name, trace: hex(span.traceId), id: hex(span.spanId), parent: hex(span.parentSpanId),
          tags: Object.fromEntries(span.attributes.map(a => [a.key, a.value.stringValue ?? Number(a.value.intValue ?? a.value.doubleValue)])),
        })));
      }
    }

    response.end();
  });
  receiver = createServer(async (request, response) => { called.push({ headers: request.headers, body: JSON.parse(await read(request)) }); response.end(); });
  const [otlp, hook] = await Promise.all([listen(collector), listen(receiver)]);
  sandbox = await startSandbox();
  folder = mkdtempSync(join(tmpdir(), 'framegate-traces-'));
  start = () => startFramegate({ OTEL_EXPORTER_OTLP_ENDPOINT: otlp, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_BSP_SCHEDULE_DELAY: '200' }, { data: folder, sandbox: sandbox.url });
  framegate = await start();
  framegate.hook = hook;
});
after(async () => {
  await framegate?.stop();
  await sandbox?.stop();
  collector.close();
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

test('one trace from the caller to the callback, also over a restart', async () => {
  const { hook } = framegate;
  const answer = await fetch(`${framegate.url}/generations`, {
    method: 'POST', headers: { traceparent: `00-${TRACE}-${CALLER}-01`, 'content-type': 'application/json' },
    body: JSON.stringify({ request_id: 'traced', provider: 'sora', model: 'sora-2', media_type: 'video', prompt: PROMPT, parameters: { duration: 4 }, callback_url: `${hook}/hook?token=in-the-url` }),
  });
  assert.equal(answer.status, 202);
  await until('the first poll', () => spans.some(s => s.name === 'poll'));
  await framegate.stop();
  const before = spans.length;
  framegate = await start();
  await until('the callback', () => called.length > 0 && spans.slice(before).some(s => s.name === 'callback') && spans.slice(before).some(s => s.name === 'generation'));

  const ours = spans.filter(s => s.trace === TRACE);
  const request = ours.find(s => s.name === 'POST /generations');
  assert.equal(request.parent, CALLER);
  assert.equal(request.service, 'framegate');
  for (const name of ['plan', 'submit', 'poll', 'store']) assert.ok(ours.some(s => s.name === name), name);
  for (const name of ['poll', 'download', 'store', 'callback', 'generation']) assert.ok(spans.slice(before).some(s => s.name === name && s.trace === TRACE), `${name} after the restart`);
  const generation = spans.slice(before).find(s => s.name === 'generation');
  assert.equal(generation.parent, request.id);
  assert.equal(spans.slice(before).find(s => s.name === 'download').parent, generation.id);
  assert.deepEqual([generation.tags['gen_ai.provider.name'], generation.tags['gen_ai.request.model'], generation.tags['framegate.phase']], ['sora', 'sora-2', 'succeeded']);
  assert.equal(called[0].body.status, 'success');

  // Nothing secret in it, and nothing of it goes out.
  const text = JSON.stringify(spans);
  for (const secret of ['nobody may see', 'in-the-url', 'http://', 'https://']) assert.ok(!text.includes(secret), secret);
  assert.equal(called[0].headers.traceparent, undefined);
  const { data } = await (await fetch(`${sandbox.url}/sandbox/ledger`)).json();
  assert.equal(data.filter(e => e.prompt === PROMPT).length, 1);
});
