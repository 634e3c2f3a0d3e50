// Our clients for JavaScript against a Framegate that is faked: what is lost, cut, refused and aborted at the moments that cost money.
import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { createFramegate } from '../../clients/ai-sdk/index.js';
import { Framegate } from '../../clients/typescript/index.js';

const answer = (body, status = 200, headers = {}) => new Response(status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
const refusal = (status, code, more = {}) => answer({ status: 'failed', error: { code, message: code, retryable: status === 429 || status === 503, ...more } }, status);
const lost = () => { throw new TypeError('fetch failed'); };
const attempt = (outcome, billed) => ({ provider: 'flux', outcome, billed });
const ended = (id, retryable = true) => ({ request_id: id, status: 'failed', error: { code: 'PROVIDER_ERROR', message: 'overloaded', retryable }, metadata: { attempts: [attempt('rejected', 'no')] } });
const made = id => ({ request_id: id, status: 'success', result: { media: [{ id: `med_${id}`, content_type: 'image/png' }] }, metadata: { attempts: [attempt('accepted', 'yes')] } });
const runs = id => ({ request_id: id, status: 'processing', metadata: { attempts: [] } });

/** A fetch that notes its calls and answers by a function of them. */
function faked(handle) {
  const calls = [];
  const fetch = async (url, { method = 'GET', headers, body, signal } = {}) => {
    signal?.throwIfAborted();
    const { pathname } = new URL(url);
    const call = { method, path: pathname, headers: new Headers(headers), body: body && JSON.parse(body), signal };
    calls.push(call);
    return pathname.startsWith('/media/') ? answer('png') : handle(call, calls);
  };
  return { fetch, calls, orders: () => calls.filter(c => c.method === 'POST'), ends: () => calls.filter(c => c.method === 'DELETE') };
}

const provider = (fake, more) => createFramegate({ baseURL: 'http://framegate', fetch: fake.fetch, pollIntervalMs: 1, ...more });
const image = (fake, options, more, id = 'flux/flux-dev') => provider(fake, more).image(id).doGenerate({ prompt: 'x', n: 1, providerOptions: {}, headers: {}, ...options });
const keyOf = call => call.headers.get('idempotency-key');

/** Lets a promise settle while mocked time passes. */
async function settled(promise, step = 1000, most = 3000) {
  let done = false;
  promise.then(() => { done = true; }, () => { done = true; });
  for (let i = 0; i < most && !done; i++) {
    await new Promise(resolve => setImmediate(resolve));
    mock.timers.tick(step);
  }

  assert.ok(done, 'it does not end');
  return promise;
}

const inMockedTime = (name, run) => test(name, async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  try {
    await run();
  } finally {
    mock.timers.reset();
  }
});

describe('the provider for the AI SDK', () => {
  test('a clip gets an hour, a picture ten minutes, or what the caller gives', async () => {
    const fake = faked(({ body }) => answer(made(body.request_id ?? 'a')));
    const ask = { prompt: 'x', n: 1, headers: {} };
    await provider(fake).video('runway/gen4.5').doGenerate({ ...ask, providerOptions: {} });
    await provider(fake).image('flux/flux-dev').doGenerate({ ...ask, providerOptions: {} });
    await provider(fake).image('flux/flux-dev').doGenerate({ ...ask, providerOptions: { framegate: { timeout: 42 } } });
    assert.deepEqual(fake.orders().map(o => o.body.timeout), [3600, 600, 42]);
  });

  inMockedTime('a part that ended free is ordered anew, one that may be paid keeps its key', async () => {
    const jobs = [];
    let away = true;
    const fake = faked(({ method, path, headers }) => {
      if (method === 'POST') {
        const key = headers.get('idempotency-key');
        if (!jobs.includes(key)) jobs.push(key);
        return answer(jobs.indexOf(key) === 0 ? ended('part1') : runs(`job${jobs.indexOf(key)}`), 202);
      }

      return away ? lost() : answer(made(path.split('/').pop()));
    });
    const options = { headers: {}, n: 2 }, model = provider(fake).image('flux/flux-dev');
    const make = () => settled(model.doGenerate({ prompt: 'x', providerOptions: {}, ...options }));
    await assert.rejects(make(), error => error.isRetryable === true);
    away = false;
    const { images } = await make();
    assert.equal(images.length, 2);
    const [first, second, third, fourth] = fake.orders().map(keyOf);
    assert.equal(fourth, second, 'the paid part');
    assert.notEqual(third, first, 'the free part');
  });

  test('a paid part whose looks broke off is come back to although another part was refused for good', async () => {
    const fake = faked(({ method, headers }) => method === 'POST'
      ? (headers.get('idempotency-key').endsWith('.1') ? refusal(422, 'CONTENT_POLICY_VIOLATION') : answer(runs('b'), 202))
      : refusal(503, 'UNKNOWN_ERROR'));
    await assert.rejects(image(fake, { n: 2 }), error => error.isRetryable === true && error.begun === true);
  });

  test('a replay of a failure is an end, a refusal by a limit is none', async () => {
    for (const [headers, isSame] of [[{ 'idempotent-replayed': 'true' }, false], [{}, true]]) {
      const fake = faked(({ body }, calls) => calls.filter(c => c.method === 'POST').length === 1
        ? answer({ ...ended(body?.request_id ?? 'a') }, 503, headers) : answer(made('a')));
      const options = { headers: {} };
      await assert.rejects(image(fake, options), error => error.isRetryable === true && error.ended === !isSame);
      await image(fake, options);
      assert.equal(keyOf(fake.orders()[0]) === keyOf(fake.orders()[1]), isSame);
    }
  });

  test('a replay of what may have been paid is not tried again', async () => {
    const fake = faked(() => answer({ ...ended('a'), metadata: { attempts: [attempt('unknown', 'unknown')] } }, 503, { 'idempotent-replayed': 'true' }));
    await assert.rejects(image(fake), error => error.isRetryable === false);
  });

  inMockedTime('clips beyond a limit are warned of, those that have begun are followed', async () => {
    for (const [second, isWarned] of [[() => refusal(429, 'RATE_LIMIT_EXCEEDED'), true], [() => refusal(503, 'PROVIDER_ERROR'), true], [() => answer('<html>', 504), false], [lost, false]]) {
      const fake = faked(({ headers }) => headers.get('idempotency-key').endsWith('.2') ? second() : answer(runs('a'), 202));
      const started = settled(provider(fake).video('runway/gen4.5').doStart({ prompt: 'x', n: 2, headers: {}, providerOptions: {} }));
      if (isWarned) {
        const { operation, warnings } = await started;
        assert.deepEqual([operation.ids, warnings.length], [['a'], 1]);
      } else {
        await assert.rejects(started, error => error.isRetryable === true);
      }
    }
  });

  test('the caller\'s own headers are sent, whatever their case, and ours once', async () => {
    const fake = faked(({ method, path }) => method === 'POST' ? answer(runs('a'), 202) : answer(made(path.split('/').pop())));
    await image(fake, { headers: { 'Cache-Control': 'no-store', Authorization: 'Bearer k', 'x-none': undefined } }, { apiKey: '' });
    assert.deepEqual(fake.calls.map(c => c.headers.get('authorization')), Array(3).fill('Bearer k'));
    assert.deepEqual(fake.calls.map(c => c.headers.get('cache-control')), ['no-store', null, null]);
    await image(fake, { headers: { Authorization: 'Bearer k', Prefer: 'wait=1', 'Idempotency-Key': 'mine' } }, { apiKey: 'ours' });
    const { headers } = fake.orders()[1];
    assert.deepEqual(['authorization', 'prefer', 'idempotency-key'].map(n => headers.get(n)), ['Bearer ours', 'respond-async', 'mine']);
  });

  inMockedTime('an abort while the order is on its way ends the order, also one that arrives a little later', async () => {
    for (const start of [o => m => m.image('flux/flux-dev').doGenerate(o), o => m => m.video('runway/gen4.5').doStart(o)]) {
      const stop = new AbortController();
      let isThere = false;
      const fake = faked(({ method, signal }) => method === 'DELETE' ? (isThere ? answer(runs('a')) : refusal(404, 'INVALID_REQUEST'))
        : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
      const making = start({ prompt: 'x', n: 1, headers: {}, providerOptions: {}, abortSignal: stop.signal })(provider(fake));
      making.catch(() => undefined);
      while (fake.calls.length === 0) await new Promise(resolve => setImmediate(resolve));
      stop.abort();
      await assert.rejects(making, { name: 'AbortError' });
      const [{ body: { request_id: id } }] = fake.orders();
      assert.match(id, /^[A-Za-z0-9_.:-]{1,128}$/);
      assert.deepEqual(fake.ends().map(c => c.path), [`/generations/${id}`]);
      isThere = true;
      mock.timers.tick(1000);
      await new Promise(resolve => setImmediate(resolve));
      assert.deepEqual(fake.ends().map(c => c.path), [`/generations/${id}`, `/generations/${id}`]);
    }
  });

  test('the same key is the same order, body included', async () => {
    const fake = faked(() => answer(made('a')));
    await image(fake, { headers: { 'idempotency-key': 'mine' } });
    await image(fake, { headers: { 'idempotency-key': 'mine' } });
    assert.deepEqual(fake.orders()[0].body, fake.orders()[1].body);
  });

  test('an alias with a slash in its name is found, and its order found again', async () => {
    let tries = 0;
    const fake = faked(({ body }) => body.provider !== 'auto' ? refusal(400, 'INVALID_REQUEST', { retryable: false, details: { fields: [{ field: 'provider', message: 'no' }] } })
      : tries++ === 0 ? answer('<html>', 502) : answer(made('a')));
    const options = { headers: {} };
    await assert.rejects(image(fake, options, {}, 'team/picture'), error => error.isRetryable === true);
    await image(fake, options, {}, 'team/picture');
    const [first, second, third, fourth] = fake.orders();
    assert.deepEqual([second.body.provider, second.body.model], ['auto', 'team/picture']);
    assert.equal(keyOf(third), keyOf(first));
    assert.deepEqual([keyOf(fourth), fourth.body], [keyOf(second), second.body]);
    assert.notEqual(keyOf(second), keyOf(first), 'another body');
    const none = faked(() => refusal(404, 'INVALID_MODEL', { retryable: false, message: 'flux has no such model' }));
    await assert.rejects(image(none, {}, {}, 'flux/none'), /INVALID_MODEL|no such model/);
    assert.equal(none.orders().length, 2);
  });
});

describe('the typed client', () => {
  const client = fake => new Framegate({ baseURL: 'http://framegate', fetch: fake.fetch });
  const cut = () => new Response(new ReadableStream({ start: c => { c.enqueue(new TextEncoder().encode('{"request_id":')); c.error(new TypeError('terminated')); } }));

  inMockedTime('an outage of a minute ends no wait', async () => {
    const outages = [lost, () => refusal(503, 'UNKNOWN_ERROR'), () => answer('<html>', 502), () => refusal(429, 'RATE_LIMIT_EXCEEDED')];
    let looks = 0, until;
    const fake = faked(({ method }) => method === 'POST' ? (until = Date.now() + 60_000, answer(runs('a'), 202)) : Date.now() < until ? outages[looks++ % 4]() : answer(made('a')));
    assert.equal((await settled(client(fake).generate({ model: 'm' }))).status, 'success');
    assert.ok(looks > 10);
  });

  inMockedTime('after two minutes it ends, and what is thrown has the id; a refusal ends it at once', async () => {
    const fake = faked(({ method }) => method === 'POST' ? answer(runs('a'), 202) : lost());
    await assert.rejects(settled(client(fake).generate({ model: 'm' })), error => error.requestId === 'a' && error instanceof TypeError);
    assert.ok(Date.now() >= 120_000 && Date.now() < 150_000, String(Date.now()));
    const refused = faked(({ method }) => method === 'POST' ? answer(runs('a'), 202) : refusal(401, 'AUTHENTICATION_FAILED'));
    await assert.rejects(settled(client(refused).generate({ model: 'm' })), { requestId: 'a', status: 401 });
    assert.equal(refused.calls.length, 2);
  });

  inMockedTime('an order whose answer is cut after its headers is asked for again by its key', async () => {
    const fake = faked((_, calls) => calls.length === 1 ? cut() : answer(runs('a'), 202));
    assert.equal((await settled(client(fake).start({ model: 'm' }))).request_id, 'a');
    const [first, second] = fake.orders();
    assert.equal(keyOf(second), keyOf(first));
    const none = faked(lost);
    await assert.rejects(settled(client(none).start({ model: 'm' }, { idempotencyKey: 'mine' })), { idempotencyKey: 'mine' });
  });

  inMockedTime('events go on where a connection ended, and end at the end', async () => {
    const event = (id, generation) => `id: ${id}\nevent: ${generation.status === 'success' ? 'completed' : 'progress'}\ndata: ${JSON.stringify(generation)}\n\n`;
    const streams = [() => answer(event(1, runs('a'))), cut, () => answer(': waiting\n\n'), () => answer(event(2, runs('a')) + event(3, made('a')) + event(4, made('a')))];
    const fake = faked((_, calls) => streams[calls.length - 1]());
    const read = async (from, seen = []) => {
      for await (const { id } of client(from).events('a')) seen.push(id);
      return seen;
    };
    assert.deepEqual(await settled(read(fake)), ['1', '2', '3']);
    assert.deepEqual(fake.calls.map(c => c.headers.get('last-event-id')), [null, '1', '1', '1']);
    assert.deepEqual(await settled(read(faked(() => answer('', 204)))), []);
    const silent = faked(() => answer(': waiting\n\n'));
    await assert.rejects(settled(read(silent)), { requestId: 'a' });
    assert.equal(silent.calls.length, 6);
  });
});
