// What the console shows and does while the gateway is away, slow, busy, or wants another key.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startFramegate } from '../sdk/framegate.mjs';
import { openBrowser, openPage } from './browser.mjs';
import { startFront } from './front.mjs';

let framegate, guarded, browser;
before(async () => {
  [framegate, guarded, browser] = await Promise.all([startFramegate(), startFramegate({ FRAMEGATE_CLIENT_KEY: 'key-of-a-client', FRAMEGATE_ADMIN_KEY: 'key-of-the-operator', Framegate__Clients__other__KeyEnv: 'OTHER_CLIENT_KEY', OTHER_CLIENT_KEY: 'key-of-another-client' }), openBrowser()]);
});
after(async () => { await browser?.close(); await framegate?.stop(); await guarded?.stop(); });

const PAGE = { status: 503, headers: { 'Content-Type': 'text/html', 'Retry-After': '1' }, body: '<html><body><center>nginx says no</center></body></html>' };
const BUSY = { status: 429, headers: { 'Content-Type': 'application/json', 'Retry-After': '1' }, body: JSON.stringify({ error: { code: 'RATE_LIMIT_EXCEEDED', message: 'Too many.', retryable: true, provider: null, retry_after: 1, details: null } }) };
const picture = (prompt, more = {}) => fetch(`${framegate.url}/generations`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ provider: 'flux', model: 'flux-pro-1.1', media_type: 'image', prompt, ...more }) }).then(a => a.json());
const isApi = request => !request.url.startsWith('/console');

/** A page behind a front of its own. What goes wrong in the page's own code fails the test. */
async function behind(path, check, { at = framegate, prepare, ...options } = {}) {
  const front = await startFront(at.url);
  await prepare?.(front);
  const { page, seen, context } = await openPage(browser, `${front.url}${path}`, options);
  page.setDefaultTimeout(20_000);
  try {
    await check(page, front);
    assert.deepEqual([...seen.hosts], [new URL(front.url).host]);
    assert.deepEqual(seen.errors, []);
  } finally {
    await context.close();
    await front.stop();
  }
}

test('the gateway goes away and comes back: what is shown stays, and goes on by itself', async () => {
  await picture('Before the outage');
  await behind('/console/generations?q=outage', async (page, front) => {
    const rows = page.locator('tbody tr');
    await rows.first().waitFor();
    await front.goAway();
    await page.getByRole('alert').filter({ hasText: 'Not connected since' }).waitFor();
    await page.locator('.lost', { hasText: /Trying again in \d+ s\./ }).waitFor();
    assert.equal(await rows.count(), 1);
    await picture('After the outage');
    await front.comeBack();
    await page.getByText('1 shown of 1.').waitFor();
    await page.getByRole('button', { name: '1 newer' }).click();
    await page.locator('.lost').waitFor({ state: 'detached' });
    await page.getByText('2 shown of 2.').waitFor();
    assert.equal(await rows.count(), 2);
    await picture('One more after the outage');
    await page.getByRole('button', { name: '1 newer' }).click();
    await page.getByText('3 shown of 3.').waitFor();
    await page.getByRole('link', { name: 'Gallery' }).click();
    await page.getByText('3 shown. ').waitFor();
  });
});

test('a page that opens while the gateway is away is there once it is back', () => behind('/console/playground', async (page, front) => {
  await page.getByRole('heading', { name: 'The models cannot be shown' }).waitFor();
  assert.ok(!(await page.locator('body').textContent()).includes('nginx'));
  await page.locator('.lost').waitFor();
  front.answer = null;
  await page.locator('#prompt').waitFor();
  await page.locator('.lost').waitFor({ state: 'detached' });
}, { prepare: front => { front.answer = request => isApi(request) ? PAGE : null; } }));

for (const [name, heading, found] of [['cache', 'The cache cannot be shown', '.figure'], ['spend', 'The spend cannot be shown', '.figure'], ['configuration', 'The configuration cannot be shown', '.facts'], ['providers', 'The providers cannot be shown', 'tbody tr'], ['generations', 'The list cannot be shown', '.pager']]) {
  test(`the page ${name} says that it cannot be shown, and comes by itself`, () => behind(`/console/${name}`, async (page, front) => {
    await page.getByRole('heading', { name: heading }).waitFor();
    assert.ok(!(await page.locator('body').textContent()).includes('nginx'));
    front.answer = null;
    await page.locator(found).first().waitFor();
  }, { prepare: front => { front.answer = request => isApi(request) && !request.url.startsWith('/whoami') ? PAGE : null; } }));
}

test('who is told to wait waits, and goes on', () => behind('/console/generations', async (page, front) => {
  await page.getByText('The list cannot be shown').waitFor();
  front.answer = null;
  await page.locator('.pager').waitFor();
}, { prepare: front => { front.answer = request => /^\/(admin\/)?generations/.test(request.url) ? BUSY : null; } }));

test('what a proxy puts off for an hour goes on once the gateway is back', () => behind('/console/generations', async (page, front) => {
  await page.getByText('The list cannot be shown').waitFor();
  front.answer = null;
  await page.locator('.pager').waitFor();
}, { prepare: front => { front.answer = request => request.url.includes('limit=50') ? { ...PAGE, headers: { ...PAGE.headers, 'Retry-After': '3600' } } : null; } }));

test('a page of a proxy that forbids something is no word about the key', () => behind('/console/playground', async page => {
  await page.getByRole('heading', { name: 'The models cannot be shown' }).waitFor();
  assert.equal(await page.getByRole('dialog', { name: 'Key' }).count(), 0);
}, { prepare: front => { front.answer = request => request.url.startsWith('/models') ? { ...PAGE, status: 403 } : null; } }));

test('a page that is fetched later and is not there says so', () => behind('/console/playground', async (page, front) => {
  await page.locator('#prompt').waitFor();
  front.answer = request => request.url.includes('/assets/spend') ? { status: 404 } : null;
  await page.getByRole('link', { name: 'Spend' }).first().click();
  await page.getByRole('heading', { name: 'This page could not be fetched' }).waitFor();
  front.answer = null;
  await page.getByRole('button', { name: 'Load it again' }).click();
  await page.locator('.figure').first().waitFor();
}));

test('a request that is refused for now is sent again as the same request, once its time has come', () => behind('/console/playground', async (page, front) => {
  front.answer = request => request.method === 'POST' && request.url === '/generations' ? BUSY : null;
  await page.locator('#prompt').fill('Sent in spite of a limit');
  await page.locator('.button__price').waitFor();
  await page.locator('[data-generate]').click();
  await page.getByRole('heading', { name: 'Too many requests' }).waitFor();
  front.answer = null;
  await page.getByRole('button', { name: 'Send it again' }).click();
  await page.getByRole('img', { name: 'Result for: Sent in spite of a limit' }).waitFor();
  const keys = front.seen.filter(s => s.method === 'POST' && s.path === '/generations').map(s => s.key);
  assert.equal(keys.length, 2);
  assert.equal(new Set(keys).size, 1);
}));

test('a request whose answer is lost is not paid twice when it is sent again', () => behind('/console/playground', async (page, front) => {
  front.loses = request => request.method === 'POST' && request.url === '/generations';
  front.answer = request => request.url.startsWith('/generations/con-') ? PAGE : null;
  await page.locator('#prompt').fill('The answer is lost');
  await page.locator('.button__price').waitFor();
  await page.locator('[data-generate]').click();
  await page.getByRole('heading', { name: 'The gateway could not be reached' }).waitFor();
  front.loses = front.answer = null;
  await page.getByRole('button', { name: 'Send it again' }).click();
  await page.getByRole('img', { name: 'Result for: The answer is lost' }).waitFor();
  assert.equal(await framegate.submits('The answer is lost'), 1);
  const { data } = await (await fetch(`${framegate.url}/generations?q=The%20answer%20is%20lost`)).json();
  assert.equal(data.length, 1);
}));

test('a double click asks for one thing', () => behind('/console/playground', async page => {
  await page.locator('#prompt').fill('Clicked twice');
  await page.locator('.button__price').waitFor();
  await page.locator('[data-generate]').dblclick();
  await page.getByRole('img', { name: 'Result for: Clicked twice' }).waitFor();
  const { data } = await (await fetch(`${framegate.url}/generations?q=Clicked%20twice`)).json();
  assert.equal(data.length, 1);
}));

test('a double click on models side by side asks each once, and a later click asks again', () => behind('/console/playground?model=flux/flux-pro-1.1&model=flux/flux-2-pro', async page => {
  const found = async () => (await (await fetch(`${framegate.url}/generations?q=Both%20clicked%20twice`)).json()).data.length;
  await page.locator('#prompt').fill('Both clicked twice');
  await page.locator('.button__price').waitFor();
  await page.locator('[data-generate]').dblclick();
  await page.getByRole('img', { name: 'Result for: Both clicked twice' }).nth(1).waitFor();
  assert.equal(await found(), 2);
  // The guard looks at the browser's clock.
  await page.evaluate(() => { const now = Date.now; Date.now = () => now() + 1000; });
  await page.locator('[data-generate]').click();
  await page.locator('.strip__item').nth(3).waitFor();
}));

test('a price that is not of the form as it is now is not shown', () => behind('/console/playground', async (page, front) => {
  await page.locator('#prompt').fill('Priced');
  await page.locator('.button__price').waitFor();
  let priced;
  const gate = new Promise(done => { priced = done; });
  front.hold = request => request.url === '/quotes' ? gate : null;
  await page.locator('#prompt').fill('Not priced yet');
  await page.locator('.button__price').waitFor({ state: 'detached' });
  priced();
  await page.locator('.button__price').waitFor();
}));

test('what is cancelled before its answer is lost is cancelled once it is found', () => behind('/console/playground', async (page, front) => {
  let lost;
  const gate = new Promise(done => { lost = () => done(true); });
  front.loses = request => request.method === 'POST' && request.url === '/generations' ? gate : false;
  await page.locator('#prompt').fill('sandbox:slow=60 A lost line');
  await page.locator('.button__price').waitFor();
  await page.locator('[data-generate]').click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancelling' }).waitFor();
  lost();
  await page.getByRole('heading', { name: 'Cancelled' }).waitFor();
}));

test('what is cancelled is looked for until somebody knows what became of it', () => behind('/console/playground', async (page, front) => {
  let lost, looks = 0;
  const gate = new Promise(done => { lost = () => done(true); });
  front.loses = request => request.method === 'POST' && request.url === '/generations' ? gate : false;
  front.answer = request => request.method === 'GET' && /^\/generations\/con-\w+$/.test(request.url) && ++looks < 3 ? PAGE : null;
  await page.locator('#prompt').fill('sandbox:slow=60 A line that stays lost');
  await page.locator('.button__price').waitFor();
  await page.locator('[data-generate]').click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancelling' }).waitFor();
  lost();
  await page.getByRole('heading', { name: 'Cancelled' }).waitFor();
  assert.ok(looks >= 3);
}));

test('what has ended before it could be cancelled is shown as it ended', () => behind('/console/playground', async (page, front) => {
  let lost, arrived;
  const gate = new Promise(done => { lost = () => done(true); }), made = new Promise(done => { arrived = done; });
  front.loses = request => request.method === 'POST' && request.url === '/generations' ? (arrived(), gate) : false;
  await page.locator('#prompt').fill('Ended before it was cancelled');
  await page.locator('.button__price').waitFor();
  await page.locator('[data-generate]').click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancelling' }).waitFor();
  await made;
  const { data } = await (await fetch(`${framegate.url}/generations?q=Ended%20before`)).json();
  // This stream ends with the generation.
  await (await fetch(`${framegate.url}/generations/${data[0].request_id}/events`)).text();
  lost();
  await page.getByRole('img', { name: 'Result for: Ended before it was cancelled' }).waitFor();
  await page.locator('.stage__bar .chip', { hasText: 'Done' }).waitFor();
}));

test('what is cancelled before its answer has come is cancelled once it has', () => behind('/console/playground', async (page, front) => {
  let arrived;
  const gate = new Promise(done => { arrived = done; });
  front.hold = request => request.method === 'POST' && request.url === '/generations' ? gate : null;
  await page.locator('#prompt').fill('sandbox:slow=60 A slow line');
  await page.locator('.button__price').waitFor();
  await page.locator('[data-generate]').click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancelling' }).waitFor();
  arrived();
  await page.getByRole('heading', { name: 'Cancelled' }).waitFor();
}));

test('a busy gateway that cannot price a request does not stop it', () => behind('/console/playground', async (page, front) => {
  front.answer = request => request.url === '/quotes' ? BUSY : null;
  await page.locator('#prompt').fill('Without a price');
  await page.waitForRequest('**/quotes');
  await page.locator('[data-generate]').click();
  await page.getByRole('img', { name: 'Result for: Without a price' }).waitFor();
}));

test('a file that cannot be fetched for now is not called gone', async () => {
  const { request_id: id } = await picture('Fetched later');
  await behind(`/console/generations/${id}`, async (page, front) => {
    await page.getByRole('heading', { name: 'It could not be loaded' }).waitFor();
    assert.equal(await page.getByText('It is not kept any more').count(), 0);
    front.answer = null;
    await page.getByRole('img', { name: 'Result for: Fetched later' }).waitFor();
  }, { prepare: front => { front.answer = request => request.url.includes('/media/') ? PAGE : null; } });
});

test('a key that is refused while the page is open is asked for, and everything goes on with another', () => behind('/console/playground', async (page, front) => {
  const dialog = page.getByRole('dialog', { name: 'Key' }), refused = { status: 401, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ error: { code: 'AUTHENTICATION_FAILED', message: 'The key is nobody’s.', retryable: false, provider: null, retry_after: null, details: null } }) };
  await dialog.getByLabel('Client or admin key').fill('key-of-a-client');
  await dialog.getByRole('button', { name: 'Use this key' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.locator('#prompt').fill('sandbox:slow=12 Followed past a key');
  await page.locator('.button__price').waitFor();
  await page.locator('[data-generate]').click();
  await page.locator('.tray__item').waitFor();
  front.answer = request => isApi(request) ? refused : null;
  await dialog.waitFor();
  front.answer = null;
  await dialog.getByLabel('Client or admin key').fill('key-of-a-client');
  await dialog.getByRole('button', { name: 'Use this key' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('img', { name: /^Result for: sandbox:slow=12/ }).waitFor();
  await page.getByRole('link', { name: 'Generations' }).first().click();
  await page.locator('tbody tr', { hasText: 'Followed past a key' }).waitFor();
}, { at: guarded }));

test('a key that is forgotten takes with it what was made with it', () => behind('/console/playground', async page => {
  const dialog = page.getByRole('dialog', { name: 'Key' });
  await dialog.getByLabel('Client or admin key').fill('key-of-a-client');
  await dialog.getByRole('button', { name: 'Use this key' }).click();
  await page.locator('#prompt').fill('Forgotten with its key');
  await page.locator('.button__price').waitFor();
  await page.locator('[data-generate]').click();
  await page.locator('.strip__item').waitFor();
  await page.getByRole('button', { name: /^Key:/ }).click();
  await dialog.getByRole('button', { name: 'Forget the key' }).click();
  await page.locator('.strip__item').waitFor({ state: 'detached' });
  await dialog.getByLabel('Client or admin key').fill('key-of-a-client');
  await dialog.getByRole('button', { name: 'Use this key' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await page.locator('#prompt').inputValue(), '');
}, { at: guarded }));

test('the key of another client begins with nothing of the one before', () => behind('/console/playground', async page => {
  const dialog = page.getByRole('dialog', { name: 'Key' }), use = async key => {
    await dialog.getByLabel('Client or admin key').fill(key);
    await dialog.getByRole('button', { name: 'Use this key' }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  await use('key-of-a-client');
  await page.locator('#prompt').fill('Of the first client');
  await page.locator('.button__price').waitFor();
  await page.locator('[data-generate]').click();
  await page.getByRole('img', { name: 'Result for: Of the first client' }).waitFor();
  // The admin's key beside it changes nothing.
  await page.getByRole('button', { name: /^Key:/ }).click();
  await use('key-of-the-operator');
  await page.locator('.strip__item').waitFor();
  assert.equal(await page.locator('#prompt').inputValue(), 'Of the first client');
  await page.getByRole('button', { name: /^Key:/ }).click();
  await use('key-of-another-client');
  await page.locator('.strip__item').waitFor({ state: 'detached' });
  assert.equal(await page.locator('#prompt').inputValue(), '');
  assert.ok(!(await page.evaluate(() => JSON.stringify(sessionStorage))).includes('Of the first client'));
}, { at: guarded }));
