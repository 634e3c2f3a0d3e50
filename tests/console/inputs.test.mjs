// What goes into a request besides its prompt, what a large result is played from, and what a request that is made again must not lose.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startFramegate } from '../sdk/framegate.mjs';
import { openBrowser, openPage } from './browser.mjs';

const KEY = 'key-of-a-client', LARGEST = 2_000_000;
let framegate, guarded, browser;
before(async () => {
  [framegate, guarded, browser] = await Promise.all([
    // Nobody listens there: a trace is made all the same.
    startFramegate({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', Framegate__Media__MaxInputBytes: String(LARGEST) }), startFramegate({ FRAMEGATE_CLIENT_KEY: KEY }), openBrowser(),
  ]);
});
after(async () => { await browser?.close(); await framegate?.stop(); await guarded?.stop(); });

async function visit(path, check, { at = framegate, key } = {}) {
  const { page, seen, context } = await openPage(browser, `${at.url}/docs`);
  page.setDefaultTimeout(15_000);
  try {
    if (key) await page.evaluate(k => sessionStorage.setItem('framegate.key', k), key);
    await page.goto(`${at.url}${path}`);
    await check(page);
    assert.deepEqual([...seen.hosts], [new URL(at.url).host]);
    assert.deepEqual(seen.errors, []);
  } finally {
    await context.close();
  }
}
const call = (path, body, { at = framegate, key } = {}) => fetch(at.url + path, { method: body ? 'POST' : 'GET', headers: { 'Content-Type': 'application/json', ...(key ? { Authorization: `Bearer ${key}` } : {}) }, body: body && JSON.stringify(body) }).then(a => a.json());
const picture = (prompt, more = {}, from = {}) => call('/generations', { provider: 'flux', model: 'flux-pro-1.1', media_type: 'image', prompt, ...more }, from);
const bytesOf = async g => Buffer.from(await (await fetch(g.result.media[0].url)).arrayBuffer());
const runOf = async page => call(`/generations/${new URL(page.url()).searchParams.get('run')}`);

test('several pictures go in, each in its place, and one that is taken out leaves no hole', () => visit('/console/playground?model=flux/flux-2-pro', async page => {
  const buffer = await bytesOf(await picture('A reference')), file = name => ({ name, mimeType: 'image/png', buffer });
  await page.locator('#prompt').fill('All of them on one table');
  const give = async (slot, name) => {
    await page.locator('.stack', { has: page.getByRole('button', { name: `${slot}: drop, paste or choose` }) }).locator('input[type=file]').last().setInputFiles(file(name));
    await page.getByRole('button', { name: `${slot}: ${name}`, exact: true }).waitFor();
  };
  await give('Image to start from', 'first.png');
  await give('Reference 1', 'second.png');
  await give('Reference 2', 'third.png');
  await give('Reference 3', 'fourth.png');
  await page.getByRole('button', { name: 'Remove: Reference 1' }).click();
  await page.getByRole('button', { name: 'Reference 1: third.png', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Reference 2: fourth.png', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Reference 3: drop, paste or choose' }).waitFor();
  await page.locator('.button__price', { hasText: '$' }).waitFor();
  await page.locator('[data-generate]').click();
  await page.getByRole('img', { name: 'Result for: All of them on one table' }).waitFor();
  const { asked } = (await runOf(page)).metadata;
  assert.match(asked.parameters.image, /^media:med_/);
  assert.equal(asked.parameters.reference_images.length, 2);
  assert.ok(asked.parameters.reference_images.every(r => /^media:med_/.test(r)));

  // Made again from the list, the form has all of them.
  const id = new URL(page.url()).searchParams.get('run');
  await page.goto(`${framegate.url}/console/generations/${id}`);
  await page.getByRole('button', { name: 'Run again' }).click();
  await page.getByRole('button', { name: 'Reference 2: as before', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Image to start from: as before', exact: true }).waitFor();
}));

test('a link goes in as it is, and what is none is refused at its place', () => visit('/console/playground?model=flux/flux-2-pro', async page => {
  await page.locator('#prompt').fill('As a drawing');
  await page.getByRole('button', { name: 'Give a link: Image to start from' }).click();
  const link = page.getByRole('textbox', { name: 'Link: Image to start from' });
  await link.fill('http://example.com/a.png');
  await link.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'https://' }).waitFor();
  await page.getByRole('button', { name: 'Give a link: Image to start from' }).click();
  await link.fill('https://example.com/a.png');
  await link.press('Enter');
  await page.getByRole('button', { name: 'Image to start from: https://example.com/a.png', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Code', exact: true }).click();
  assert.match(await page.locator('pre.code').textContent(), /"image": "https:\/\/example.com\/a.png"/);
}));

test('the largest file is the one that the gateway takes', () => visit('/console/playground?model=flux/flux-2-pro', async page => {
  await page.locator('.drop').first().waitFor();
  await page.locator('input[type=file]').first().setInputFiles({ name: 'large.png', mimeType: 'image/png', buffer: Buffer.alloc(LARGEST + 1) });
  await page.getByRole('alert').filter({ hasText: /large\.png has 2(\.0)? MB; 2(\.0)? MB is the most/ }).waitFor();
}));

test('what is made again without something that it was made with says so, and is not sent by one click', async () => {
  const image = `data:image/png;base64,${(await bytesOf(await picture('To start from'))).toString('base64')}`;
  const { request_id: id } = await picture('From bytes', { model: 'flux-2-pro', parameters: { image, flux: { safety_tolerance: 2 } } });
  await visit(`/console/playground?run=${id}`, async page => {
    await page.getByRole('img', { name: 'Result for: From bytes' }).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Run again with another seed' }).isDisabled());
  });
  await visit(`/console/generations/${id}`, async page => {
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByText('The form has no place for image, flux').waitFor();
  });
});

test('the trace of a generation is in its facts', async () => {
  const { request_id: id } = await picture('Traced'), { metadata: { trace_id: trace } } = await call(`/generations/${id}`);
  assert.match(trace, /^[0-9a-f]{32}$/);
  await visit(`/console/generations/${id}`, page => page.getByRole('button', { name: `Copy the trace id ${trace}` }).waitFor());
});

test('a large result is played from a link, and is not taken into memory', async () => {
  const from = { at: guarded, key: KEY };
  const made = await call('/generations', { provider: 'veo', model: 'veo-3.1-fast-generate-001', media_type: 'video', prompt: 'A long clip', parameters: { duration: 4 } }, from);
  const [{ id: media }] = made.result.media;
  await visit('/console/generations', async page => {
    // The same clip, said to be large.
    await page.route(`${guarded.url}/generations/${made.request_id}`, async route => {
      const answer = await route.fetch(), json = await answer.json();
      json.result.media[0].bytes = 180_000_000;
      await route.fulfill({ response: answer, json });
    });
    await page.goto(`${guarded.url}/console/generations/${made.request_id}`);
    const clip = page.locator(`.detail video[data-media="${media}"]`);
    await clip.waitFor();
    assert.match(await clip.getAttribute('src'), /\/media\/med_\w+\?signature=\d+\./);
    assert.ok(await clip.evaluate(v => new Promise(done => v.readyState >= 1 ? done(v.duration > 0) : v.addEventListener('loadedmetadata', () => done(v.duration > 0), { once: true }))));
  }, from);
  const link = async key => (await fetch(`${guarded.url}/media/${media}?variant=link`, { headers: key ? { Authorization: `Bearer ${key}` } : {} }));
  assert.equal((await link()).status, 401);
  const { url, expires_at: ends } = await (await link(KEY)).json();
  assert.ok(Date.parse(ends) > Date.now());
  assert.equal((await fetch(url)).headers.get('content-type'), 'video/mp4');
  // Who has a link that ends makes no later one of it.
  assert.equal((await fetch(`${url}&variant=link`)).status, 404);
});
