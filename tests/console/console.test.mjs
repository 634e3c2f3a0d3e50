// What a person does in the console, in a real Chromium, against the real program in sandbox mode.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import { isPng, startFramegate } from '../sdk/framegate.mjs';
import { openBrowser, openPage } from './browser.mjs';

const PAGES = ['playground', 'generations', 'generations?view=gallery', 'providers', 'cache', 'spend', 'configuration'];
let framegate, guarded, browser;

before(async () => {
  [framegate, guarded, browser] = await Promise.all([startFramegate(), startFramegate({ FRAMEGATE_CLIENT_KEY: 'key-of-a-client', FRAMEGATE_ADMIN_KEY: 'key-of-the-operator' }), openBrowser()]);
});
after(async () => { await browser?.close(); await framegate?.stop(); await guarded?.stop(); });

/** A page; whatever the test does there, no other host is asked and nothing is wrong in it. */
async function visit(path, check, { at = framegate, ...options } = {}) {
  const { page, seen, context } = await openPage(browser, `${at.url}${path}`, options);
  page.setDefaultTimeout(15_000);
  try {
    await check(page);
    assert.deepEqual([...seen.hosts], [new URL(at.url).host]);
    assert.deepEqual(seen.errors, []);
  } finally {
    await context.close();
  }
}

/** Waits until the field has the value, since the page writes it behind the address. */
const filled = (page, id, value) => page.waitForFunction(([id, value]) => document.getElementById(id)?.value === value, [id, value]);
const generate = page => page.locator('[data-generate]').click();
const make = body => fetch(`${framegate.url}/generations`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }).then(a => a.json());
const picture = prompt => make({ provider: 'flux', model: 'flux-pro-1.1', media_type: 'image', prompt });

test('a list shows a still of a clip, leads to older and newer ones, and what an attempt cost', async () => {
  const clip = await make({ provider: 'veo', model: 'veo-3.1-fast-generate-001', media_type: 'video', prompt: 'A paged boat', parameters: { duration: 4 } });
  for (let i = 0; i < 51; i++) await make({ provider: 'flux', model: 'flux-pro-1.1', media_type: 'image', prompt: 'A paged picture', request_id: `paged-${i}` });
  await visit('/console/generations?q=paged', async page => {
    const rows = page.locator('tbody tr'), newer = page.getByRole('link', { name: 'Newer' }), older = page.getByRole('link', { name: 'Older' });
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 50);
    assert.equal(await newer.count(), 0);
    await older.click();
    await page.waitForURL(/before=/);
    const still = rows.filter({ hasText: 'A paged boat' }).locator('.thumb img');
    await still.waitFor();
    assert.ok(await still.evaluate(i => i.decode().then(() => i.naturalWidth <= 480 && i.naturalWidth > i.naturalHeight)));
    await newer.click();
    await page.waitForURL(url => !url.searchParams.has('before'));
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 50);
  });
  await visit(`/console/generations/${clip.request_id}`, async page => {
    await page.getByText('$0.40.').waitFor();
    await page.getByText('none in the file').waitFor();
  });
});

test('a picture is made, priced before and shown after', () => visit('/', async page => {
  await page.waitForURL('**/console/playground');
  await page.locator('#prompt').fill('A lighthouse at dawn');
  await page.locator('.button__price', { hasText: '$0.04' }).waitFor();
  await page.getByRole('radio', { name: '16:9' }).click();
  await page.locator('.button__price', { hasText: '$0.04' }).waitFor();
  await generate(page);
  const image = page.getByRole('img', { name: 'Result for: A lighthouse at dawn' });
  await image.waitFor();
  assert.match(await image.getAttribute('src'), /^blob:/);
  assert.ok(await image.evaluate(i => i.decode().then(() => i.naturalWidth > i.naturalHeight)));
  const id = new URL(page.url()).searchParams.get('run');
  const made = await (await fetch(`${framegate.url}/generations/${id}`)).json();
  assert.equal(made.metadata.asked.prompt, 'A lighthouse at dawn');
  assert.equal(made.metadata.asked.parameters.aspect_ratio, '16:9');

  // A reload shows it again, and sends nothing.
  await page.reload();
  await image.waitFor();
  await filled(page, 'prompt', 'A lighthouse at dawn');
  assert.equal(await framegate.submits('A lighthouse at dawn'), 1);

  // Another seed is another picture of the same.
  await page.getByRole('button', { name: 'Run again with another seed' }).click();
  await page.waitForURL(url => url.searchParams.get('run') !== id);
  await image.waitFor();
  assert.equal(await framegate.submits('A lighthouse at dawn'), 2);
}));

test('a clip is made, and its progress is seen', () => visit('/console/playground', async page => {
  await page.getByRole('radio', { name: 'Video' }).click();
  await page.locator('#prompt').fill('sandbox:slow=8 A paper boat');
  await page.locator('.button__price', { hasText: '$' }).waitFor();
  await page.locator('#prompt').press('Control+Enter');
  await page.locator('.work__elapsed', { hasText: /0:0[1-9]/ }).waitFor();
  await page.locator('.step[data-state="now"]', { hasText: 'Running at' }).waitFor();
  await page.locator('.tray__item').first().waitFor();
  const clip = page.locator('.stage__view video');
  await clip.waitFor();
  assert.ok(await clip.evaluate(v => new Promise(done => v.readyState >= 1 ? done(true) : v.addEventListener('loadedmetadata', () => done(true), { once: true }))));
  assert.ok(await clip.evaluate(v => v.duration > 0));
}));

test('a running one is cancelled', () => visit('/console/playground', async page => {
  await page.locator('#prompt').fill('sandbox:slow=60 A harbour');
  await generate(page);
  await page.locator('.step[data-state="now"]', { hasText: 'Running at' }).waitFor();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('heading', { name: 'Cancelled' }).waitFor();
}));

test('two models side by side, one refused', () => visit('/console/playground', async page => {
  await page.locator('#prompt').fill('A market at night');
  await page.getByRole('button', { name: 'Compare with another model' }).click();
  await page.getByLabel('Name or provider').fill('gen4_image');
  await page.getByRole('option', { name: /^gen4_image/ }).first().click();
  await page.locator('[data-generate]', { hasText: 'Generate both' }).waitFor();
  await generate(page);
  await page.locator('.stage__view--pair img').nth(1).waitFor();
  await page.getByText('Together').waitFor();

  await page.locator('#prompt').fill('sandbox:moderated A mouse');
  await page.locator('.picker').nth(1).waitFor();
  await page.getByRole('button', { name: 'Remove gen4_image' }).click();
  await generate(page);
  await page.getByText('CONTENT_POLICY_VIOLATION').waitFor();
  await page.getByRole('button', { name: 'Change the prompt' }).click();
  await page.waitForFunction(() => document.activeElement?.id === 'prompt');
}));

test('a picture goes in as an input, and the call is there as code', () => visit('/console/playground', async page => {
  const { result } = await picture('An input');
  const bytes = Buffer.from(await (await fetch(result.media[0].url)).arrayBuffer());
  assert.ok(isPng(bytes));
  await page.locator('#prompt').fill('As a drawing');
  await page.locator('input[type=file]').first().setInputFiles({ name: 'in.png', mimeType: 'image/png', buffer: bytes });
  await page.getByRole('button', { name: 'Image to start from: in.png', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Code', exact: true }).click();
  for (const [language, sign] of [['curl', 'curl http'], ['JavaScript', 'await fetch('], ['Python', 'requests.post('], ['C#', 'HttpClient']]) {
    await page.getByRole('radio', { name: language, exact: true }).click();
    const text = await page.locator('pre.code').textContent();
    assert.ok(text.includes(sign) && text.includes('As a drawing') && /media:med_/.test(text), text);
  }
  await page.keyboard.press('Escape');
  await generate(page);
  await page.getByRole('img', { name: 'Result for: As a drawing' }).waitFor();
}));

test('the list is filtered, walked, and stays so in its address', async () => {
  const [needle] = await Promise.all([picture('A needle in a haystack'), picture('Some hay'), picture('sandbox:moderated More hay')]);
  await visit('/console/generations', async page => {
    const rows = page.locator('tbody tr');
    await page.getByText('A needle in a haystack').waitFor();
    await page.getByLabel('Status').selectOption('failed');
    await page.waitForURL(/status=failed/);
    await page.getByText('A needle in a haystack').waitFor({ state: 'detached' });
    await page.locator('tbody').getByText('CONTENT_POLICY_VIOLATION').first().waitFor();
    await page.getByLabel('Status').selectOption('');
    await page.getByLabel('Prompt or id').fill('NEEDLE');
    await page.waitForURL(/q=NEEDLE/);
    await page.getByText('Some hay').waitFor({ state: 'detached' });
    await page.getByText('A needle in a haystack').waitFor();
    assert.equal(await rows.count(), 1);
    await page.reload();
    await page.getByText('A needle in a haystack').waitFor();
    assert.equal(await rows.count(), 1);
    await picture('Another needle');
    await page.getByRole('button', { name: '1 newer' }).click();
    await page.getByText('Another needle').waitFor();
    assert.equal(await rows.count(), 2);
    await rows.last().getByRole('link').click();
    await page.waitForURL(`**/generations/${needle.request_id}?q=NEEDLE`);
    await page.locator('.detail .timeline__what', { hasText: 'flux, global' }).waitFor();
    await page.locator('.detail img').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL('**/generations?q=NEEDLE');
    await page.goBack();
    await page.locator('.detail img').waitFor();
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.waitForURL(url => url.pathname.endsWith('/playground') && url.searchParams.get('model') === 'flux/flux-pro-1.1');
    await filled(page, 'prompt', 'A needle in a haystack');
  });
});

test('the cache is emptied, the money is counted, a destination is drained, a draft is checked', async () => {
  await picture('Counted twice');
  await picture('Counted twice');
  await visit('/console/cache', async page => {
    await page.getByRole('button', { name: 'Invalidate …' }).click();
    await page.getByLabel('By', { exact: true }).selectOption('pattern');
    await page.getByLabel('Pattern', { exact: true }).fill('no-such:*');
    await page.getByRole('button', { name: 'Invalidate 0 entries' }).waitFor();
    await page.getByLabel('Pattern', { exact: true }).fill('*flux:*');
    await page.getByRole('button', { name: /Invalidate [1-9]\d* entr/ }).waitFor();
    await page.getByLabel('By', { exact: true }).selectOption('all');
    await page.getByRole('button', { name: /Invalidate \d+ entr/ }).click();
    await page.getByText(/\d+ entr(y is|ies are) gone\./).waitFor();
    await page.locator('.figure', { hasText: 'Memory' }).getByText(/, 0 entries/).waitFor();

    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.waitForURL('**/console/spend');
    const { data } = await (await fetch(`${framegate.url}/admin/spend`)).json(), sum = data.reduce((a, r) => a + r.cost, 0);
    assert.ok(sum > 0);
    await page.locator('.figure', { hasText: '30 days' }).getByText(`$${sum.toFixed(2)}`).waitFor();
    await page.locator('.chart__day').last().focus();
    await page.keyboard.press('ArrowLeft');
    await page.locator('tbody', { hasText: 'flux-pro-1.1' }).first().waitFor();

    await page.getByRole('link', { name: 'Providers' }).first().click();
    await page.getByRole('button', { name: 'Drain: sora' }).click();
    await page.getByRole('button', { name: 'Drain', exact: true }).click();
    await page.locator('tr', { hasText: 'sora' }).getByText('Drained').waitFor();
    assert.equal((await fetch(`${framegate.url}/generations`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ provider: 'sora', model: 'sora-2', media_type: 'video', prompt: 'x', timeout: 2 }) })).ok, false);
    await page.getByRole('button', { name: 'Take work again: sora' }).click();
    await page.locator('tr', { hasText: 'sora' }).getByText('Healthy').waitFor();

    await page.getByRole('link', { name: 'Configuration' }).first().click();
    await page.getByRole('button', { name: 'Check a draft …' }).click();
    await page.getByLabel('Or its text').fill('{\n "Framegate": {\n "Jobs": { "MaxAtempts": 3 } } }');
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.locator('dialog .facts', { hasText: /Framegate:Jobs:MaxAtempts line 3\s*There is no such setting; there are / }).waitFor();
  });
});

test('a gateway with keys asks for one, and says what it opens', () => visit('/console/playground', async page => {
  const dialog = page.getByRole('dialog', { name: 'Key' });
  await dialog.waitFor();
  await dialog.getByLabel('Client or admin key').fill('nobody');
  await dialog.getByRole('button', { name: 'Use this key' }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Client or admin key').fill('key-of-a-client');
  await dialog.getByRole('button', { name: 'Use this key' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.locator('#prompt').fill('With a key');
  await page.locator('.button__price').waitFor();
  await generate(page);
  await page.getByRole('img', { name: 'Result for: With a key' }).waitFor();

  await page.getByRole('link', { name: 'Spend' }).first().click();
  await page.getByRole('heading', { name: 'This needs the admin key' }).waitFor();
  await page.getByRole('button', { name: 'Use a key' }).click();
  await dialog.getByLabel('Client or admin key').fill('key-of-the-operator');
  await dialog.getByRole('button', { name: 'Use this key' }).click();
  await page.locator('.figure', { hasText: 'Today' }).getByText('$0.04').waitFor();
  await page.getByRole('link', { name: 'Generations' }).first().click();
  await page.locator('td', { hasText: 'default' }).waitFor();
  await page.locator('tbody .thumb img').waitFor();

  // In this tab, and nowhere else.
  assert.ok(!page.url().includes('key-of'));
  assert.ok(!(await page.evaluate(() => JSON.stringify(localStorage) + document.cookie)).includes('key-of'));
}, { at: guarded }));

test('axe finds no serious fault, in both themes, on a desk and on a phone', async () => {
  const { request_id: id } = await picture('For axe');
  for (const [colorScheme, viewport, pages] of [['light', { width: 1440, height: 900 }, PAGES], ['dark', { width: 390, height: 844 }, ['generations', 'providers', 'cache', 'spend']]]) {
    await visit('/console/playground', async page => {
      await page.evaluate(axe.source);
      for (const path of [...pages, `generations/${id}`, `playground?run=${id}`]) {
        // As a link inside the page does it, so that axe is loaded once.
        await page.evaluate(to => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }, `/console/${path}`);
        await page.locator('main h1').first().waitFor({ state: 'attached' });
        await page.locator('main .skeleton, .media__wait').first().waitFor({ state: 'detached' });
        const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
        assert.deepEqual(violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => `${path}: ${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`), []);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${path} is ${overflow} px wider than the screen`);
      }
    }, { colorScheme, viewport });
  }
});

test('the API reference shows both documents, and asks no other host', () => visit('/docs', async page => {
  await page.getByText('Makes something').first().waitFor();
  await page.goto(`${framegate.url}/docs/errors#timeout`);
  await page.getByRole('heading', { name: 'TIMEOUT' }).waitFor();
}));

test('the API reference says that it loads, however long its script is on its way', () => visit('/docs/errors', async page => {
  let go;
  const held = new Promise(resolve => { go = resolve; });
  await page.route('**/docs/scalar.js', async route => { await held; await route.continue(); });
  await page.goto(`${framegate.url}/docs`, { waitUntil: 'commit' });
  await page.getByText('The API reference is loading').waitFor();
  assert.equal(await page.getByRole('link', { name: 'error codes' }).getAttribute('href'), 'docs/errors');
  go();
  await page.getByText('Makes something').first().waitFor();
  assert.equal(await page.getByText('The API reference is loading').isVisible(), false);
}));
