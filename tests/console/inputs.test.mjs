// What goes into a request besides its prompt, what a large result is played from, and what a request that is made again must not lose.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startBucket, startFramegate } from '../sdk/framegate.mjs';
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
/** Has the page see a generation as if it were another; what it reads from it is what the gateway says of it. */
async function alter(page, id, change, from = {}) {
  const json = await call(`/generations/${id}`, undefined, from);
  change(json);
  await page.route(`${(from.at ?? framegate).url}/generations/${id}`, route => route.fulfill({ json }).catch(() => { /* The page is gone. */ }));
}
const large = json => { json.result.media[0].bytes = 180_000_000; };
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

test('Escape takes no link, and the focus stays where the field was', () => visit('/console/playground?model=flux/flux-2-pro', async page => {
  const open = page.getByRole('button', { name: 'Give a link: Image to start from' }), link = page.getByRole('textbox', { name: 'Link: Image to start from' });
  const isFocused = name => page.waitForFunction(n => document.activeElement?.getAttribute('aria-label') === n, name);
  await open.click();
  await link.fill('https://example.com/a.png');
  await link.press('Escape');
  await isFocused('Give a link: Image to start from');
  assert.equal(await link.count(), 0);
  await page.getByRole('button', { name: 'Image to start from: drop, paste or choose' }).waitFor();
  await open.click();
  await link.fill('https://example.com/b.png');
  await link.press('Enter');
  await isFocused('Remove: Image to start from');
  await page.getByRole('button', { name: 'Image to start from: https://example.com/b.png', exact: true }).waitFor();
}));

test('a list of links that is dropped gives its first, after what is said of it', () => visit('/console/playground?model=flux/flux-2-pro', async page => {
  await page.getByRole('button', { name: 'Image to start from: drop, paste or choose' }).evaluate(place => {
    const data = new DataTransfer();
    data.setData('text/uri-list', '# of a page\r\nhttps://example.com/c.png\r\nhttps://example.com/d.png\r\n');
    place.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await page.getByRole('button', { name: 'Image to start from: https://example.com/c.png', exact: true }).waitFor();
}));

test('who writes a prompt has the linked inputs read once, and not at each pause', () => visit('/console/playground?model=flux/flux-2-pro', async page => {
  // Each quote has the gateway read them.
  const quotes = [];
  await page.route('**/quotes', route => {
    quotes.push(route.request().postDataJSON());
    return route.fulfill({ json: { alias: null, strategy: null, data: [{ provider: 'flux', model: 'flux-2-pro', verdict: 'able', ready: true, cost: .03, warnings: [], refusal: null, usual_ms: null }] } });
  });
  await page.clock.install();
  const write = async text => { await page.locator('#prompt').fill(text); await page.clock.runFor(1000); }, price = page.locator('.button__price', { hasText: '$0.03' });
  for (const text of ['A', 'A fox', 'A fox in']) await write(text);
  await price.waitFor();
  assert.equal(quotes.length, 3);

  await page.getByRole('button', { name: 'Give a link: Image to start from' }).click();
  const link = page.getByRole('textbox', { name: 'Link: Image to start from' });
  await link.fill('https://example.com/a.png');
  await link.press('Enter');
  await page.clock.runFor(1000);
  for (const text of ['A fox in the', 'A fox in the snow']) await write(text);
  await price.waitFor();
  assert.deepEqual(quotes.slice(3).map(q => q.parameters.image), ['https://example.com/a.png']);
}));

test('the largest file is the one that the gateway takes', () => visit('/console/playground?model=flux/flux-2-pro', async page => {
  await page.locator('.drop').first().waitFor();
  await page.locator('input[type=file]').first().setInputFiles({ name: 'large.png', mimeType: 'image/png', buffer: Buffer.alloc(LARGEST + 1) });
  await page.getByRole('alert').filter({ hasText: /large\.png has 1\.9 MiB; 1\.9 MiB is the most/ }).waitFor();
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
    await page.getByText('Not in the form, or not whole: image, flux').waitFor();
  });
});

test('what is kept in part is not sent again by one click, also where it has failed', async () => {
  const long = 'x'.repeat(4100), { request_id: id } = await picture(`A long one ${long}`), { request_id: short } = await picture('A short one');
  const asked = async of => (await call(`/generations/${of}`)).metadata.asked;
  assert.deepEqual([(await asked(id)).cut, (await asked(short)).cut], [['prompt'], undefined]);
  const again = { name: 'Run again with another seed' };
  await visit(`/console/playground?run=${id}`, async page => {
    await page.locator('.result__media, .frame img').first().waitFor();
    assert.ok(await page.getByRole('button', again).isDisabled());
  });
  await visit(`/console/generations/${id}`, async page => {
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByText('Not in the form, or not whole: prompt. Without it').waitFor();
  });
  // The same, had they failed; with a wait that is over, without one, and cancelled.
  const [later, now, cancelled] = [{ retry_after: 1 }, { retry_after: null }, { retry_after: null, details: { reason: 'cancelled' } }];
  for (const [of, isWhole, error] of [[id, false, later], [id, false, now], [id, false, cancelled], [short, true, now]]) {
    await visit('/console/generations', async page => {
      await alter(page, of, json => {
        Object.assign(json, { status: 'failed', result: null, error: { code: 'PROVIDER_ERROR', message: 'It broke.', retryable: true, provider: 'flux', details: null, ...error } });
        json.metadata.finished_at = json.timestamp = '2020-01-01T00:00:00Z';
      });
      await page.goto(`${framegate.url}/console/playground?run=${of}`);
      await page.waitForFunction(isOn => [...document.querySelectorAll('button')].find(b => b.textContent === 'Send it again')?.disabled === !isOn, isWhole);
    });
  }

  // Parameters that were too large to be kept.
  await visit('/console/playground', async page => {
    const { request_id: large } = await picture('Much was asked for');
    await alter(page, large, json => {
        Object.assign(json.metadata.asked, { parameters: null, cut: ['parameters'] });
    });
    await page.goto(`${framegate.url}/console/playground?run=${large}`);
    await page.getByRole('img', { name: 'Result for: Much was asked for' }).waitFor();
    assert.ok(await page.getByRole('button', again).isDisabled());
    await page.getByText('Not in the form, or not whole: parameters.').waitFor();
  });
});

test('what this page has sent itself is sent again whole, however long it is', () => visit('/console/playground?model=flux/flux-pro-1.1', async page => {
  const prompt = `A long one of this page ${'y'.repeat(4100)}`;
  await page.locator('#prompt').fill(prompt);
  await page.locator('[data-generate]').click();
  const again = page.getByRole('button', { name: 'Run again with another seed' });
  await again.waitFor();
  const sent = page.waitForRequest(r => r.method() === 'POST' && r.url().endsWith('/generations'));
  await again.click();
  const body = (await sent).postDataJSON();
  assert.deepEqual([body.prompt, typeof body.parameters.seed], [prompt, 'number']);
}));

test('a setting that the form of the model does not show is told', async () => {
  const { request_id: id } = await picture('With a width', { parameters: { width: 512, height: 512, seed: 7 } });
  await visit(`/console/generations/${id}`, async page => {
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByText('Not in the form, or not whole: width, height. Without them').waitFor();
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
    await alter(page, made.request_id, large, from);
    await page.goto(`${guarded.url}/console/generations/${made.request_id}`);
    const clip = page.locator(`.detail video[data-media="${media}"]`);
    await clip.waitFor();
    assert.match(await clip.getAttribute('src'), /\/media\/med_\w+\?signature=\d+\.[^&]+&redirect=false/);
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

test('a link that opens no more is asked for once more, and then it is told', async () => {
  const from = { at: guarded, key: KEY }, made = await call('/generations', { provider: 'veo', model: 'veo-3.1-fast-generate-001', media_type: 'video', prompt: 'A clip whose link has ended', parameters: { duration: 4 } }, from);
  const [{ id: media }] = made.result.media;
  for (const [refused, ends] of [[1, 'played'], [2, 'told']]) {
    const { page, context } = await openPage(browser, `${guarded.url}/docs`);
    try {
      await page.evaluate(k => sessionStorage.setItem('framegate.key', k), KEY);
      let links = 0, left = refused;
      await alter(page, made.request_id, large, from);
      await page.route(url => url.pathname === `/media/${media}`, route => {
        if (route.request().url().includes('variant=link')) links++;
        else if (route.request().url().includes('signature=') && left-- > 0) return route.fulfill({ status: 401, json: {} });
        return route.continue();
      });
      await page.goto(`${guarded.url}/console/generations/${made.request_id}`);
      if (ends === 'told') await page.locator('.detail').getByText('It could not be loaded').waitFor();
      else await page.waitForFunction(id => document.querySelector(`.detail video[data-media="${id}"]`)?.readyState >= 1, media);
      assert.equal(links, 2);
    } finally {
      await context.close();
    }
  }
});

test('where no link opens without a key, a large result is read with the key', async () => {
  const data = mkdtempSync(join(tmpdir(), 'framegate-links-')), key = { FRAMEGATE_CLIENT_KEY: KEY };
  let at = await startFramegate({ ...key, Framegate__Media__Links: 'Owner' }, { data });
  try {
    const from = { key: KEY }, made = await call('/generations', { provider: 'flux', model: 'flux-pro-1.1', media_type: 'image', prompt: 'Of its owner' }, { at, ...from }), [{ id: media }] = made.result.media;
    const link = async () => { const answer = await fetch(`${at.url}/media/${media}?variant=link`, { headers: { Authorization: `Bearer ${KEY}` } }); return [answer.status, await answer.json()]; };
    assert.equal((await link())[0], 404);
    await visit('/console/generations', async page => {
      await alter(page, made.request_id, large, { at, ...from });
      const isQuiet = page.waitForResponse(r => r.url().includes('variant=link'));
      await page.goto(`${at.url}/console/generations/${made.request_id}`);
      assert.equal((await isQuiet).status(), 404);
      assert.match(await page.locator(`.detail img[data-media="${media}"]`).getAttribute('src'), /^blob:/);
    }, { at, ...from });

    await at.stop();
    at = await startFramegate({ ...key, Framegate__Media__Links: 'Public' }, { data });
    assert.deepEqual(await link(), [200, { url: `${at.url}/media/${media}`, expires_at: null }]);
    await at.stop();
    at = await startFramegate({ ...key, Framegate__Media__Links: 'Signed', Framegate__Media__RevokedLinks__0: media }, { data });
    assert.equal((await link())[0], 404);
  } finally {
    await at.stop();
    rmSync(data, { recursive: true, force: true });
  }
});

test('results in a bucket are shown, though no browser says over plain HTTP that a page asks', async () => {
  const bucket = await startBucket(), at = await startFramegate({ ...bucket.variables, Framegate__Media__Bucket__Redirect: 'true' });
  try {
    const { request_id: id } = await picture('Out of a bucket', {}, { at });
    await visit(`/console/generations/${id}`, async page => {
      await page.route(url => url.pathname.startsWith('/media/'), async route => {
        const { 'sec-fetch-site': _, ...headers } = await route.request().allHeaders();
        await route.fulfill({ response: await route.fetch({ headers, maxRedirects: 0 }) });
      });
      await page.reload();
      await page.locator('.detail').getByRole('img', { name: 'Result for: Out of a bucket' }).waitFor();
    }, { at });
  } finally {
    await at.stop();
    bucket.stop();
  }
});
