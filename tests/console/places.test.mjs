// Addresses, Back, and what a form, a list and a table do with what people bring to them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import { startFramegate } from '../sdk/framegate.mjs';
import { openBrowser, openPage } from './browser.mjs';

let framegate, browser;
before(async () => { [framegate, browser] = await Promise.all([startFramegate(), openBrowser()]); });
after(async () => { await browser?.close(); await framegate?.stop(); });

async function visit(path, check, options = {}) {
  const { page, seen, context } = await openPage(browser, `${framegate.url}${path}`, options);
  page.setDefaultTimeout(15_000);
  try {
    await check(page);
    assert.deepEqual([...seen.hosts], [new URL(framegate.url).host]);
    assert.deepEqual(seen.errors, []);
  } finally {
    await context.close();
  }
}
const make = body => fetch(`${framegate.url}/generations`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }).then(a => a.json());
const picture = (prompt, more = {}) => make({ provider: 'flux', model: 'flux-pro-1.1', media_type: 'image', prompt, ...more });
const operate = path => fetch(`${framegate.url}/admin/${path}`, { method: 'POST' });
const PHONE = { viewport: { width: 360, height: 740 } };

test('an address says what the form is for, and the form keeps it up', () => visit('/console/playground?kind=video&model=veo%2Fveo-3.1-fast-generate-001&model=runway%2Fgen4_turbo', async page => {
  await page.locator('.picker', { hasText: 'veo-3.1-fast-generate-001' }).waitFor();
  await page.locator('.picker', { hasText: 'gen4_turbo' }).waitFor();
  assert.equal(await page.getByRole('radio', { name: 'Video' }).getAttribute('aria-checked'), 'true');
  await page.getByRole('button', { name: 'Remove gen4_turbo' }).click();
  await page.waitForURL(url => url.searchParams.getAll('model').length === 1 && url.searchParams.get('kind') === 'video');
  await page.reload();
  await page.locator('.picker', { hasText: 'veo-3.1-fast-generate-001' }).waitFor();
  assert.equal(await page.locator('.picker').count(), 1);
}));

test('dialogs have an address where a link to them makes sense, and Back closes each', () => visit('/console/playground?code', async page => {
  const code = page.getByRole('dialog', { name: 'This request as code' }), models = page.getByRole('dialog', { name: 'Model' }), keys = page.getByRole('dialog', { name: 'Keys' });
  await code.waitFor();
  await page.keyboard.press('Escape');
  await code.waitFor({ state: 'detached' });
  await page.locator('.picker').click();
  await models.waitFor();
  await page.waitForURL(url => url.searchParams.has('model-picker'));
  await page.goBack();
  await models.waitFor({ state: 'detached' });
  await page.locator('.picker').click();
  await page.getByLabel('Name or provider').fill('gen4_image');
  await page.getByRole('option', { name: /^gen4_image/ }).first().click();
  await models.waitFor({ state: 'detached' });
  await page.waitForURL(url => url.searchParams.get('model') === 'runway/gen4_image' && !url.searchParams.has('model-picker'));

  await page.locator('.composer h1').click();
  await page.keyboard.press('?');
  await keys.waitFor();
  await page.goBack();
  await keys.waitFor({ state: 'detached' });
  assert.match(page.url(), /\/console\/playground/);

  await page.goto(`${framegate.url}/console/providers/veo/nowhere`);
  await page.getByText('There is no such destination.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: /flux/ }).first().click();
  await page.waitForURL(/\/console\/providers\/flux\/[\w-]+$/);
  await page.getByRole('dialog').getByText('flux-pro-1.1', { exact: false }).waitFor();
  await page.goBack();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.waitForURL('**/console/providers');
}));

test('addresses that mean nothing break nothing', async () => {
  await visit('/console/generations/%E0%A4%A', page => page.getByRole('heading', { name: /There is no such generation|It cannot be shown/ }).waitFor());
  await visit('/console/playground?run=con-nobody', page => page.getByRole('heading', { name: 'There is no such generation' }).waitFor());
  await visit('/console/spend?by=nonsense&range=ever&client=nobody', page => page.locator('.figure').first().waitFor());
  await visit('/console/generations?model=no%2Fsuch%2Fmodel&provider=nobody&kind=image', async page => {
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    assert.equal(await page.getByLabel('Model').inputValue(), 'no/such/model');
    assert.equal(await page.getByLabel('Provider').inputValue(), 'nobody');
  });
});

test('two pictures of one shape lie over each other, and a slider moves between them', () => visit('/console/playground', async page => {
  await page.locator('#prompt').fill('A pier in fog');
  await page.getByRole('button', { name: 'Compare with another model' }).click();
  await page.getByLabel('Name or provider').fill('flux-dev');
  await page.getByRole('option', { name: /^flux-dev/ }).first().click();
  await page.getByRole('radio', { name: '1:1' }).click();
  await page.locator('[data-generate]', { hasText: 'Generate both' }).click();
  await page.locator('.stage__view--pair img').nth(1).waitFor();
  // Only the models differ.
  const { data } = await (await fetch(`${framegate.url}/generations?q=A%20pier%20in%20fog`)).json();
  assert.equal(data.length, 2);
  assert.ok(Number.isInteger(data[0].metadata.asked.parameters.seed));
  assert.equal(data[0].metadata.asked.parameters.seed, data[1].metadata.asked.parameters.seed);

  await page.getByRole('radio', { name: 'Slider' }).click();
  const slider = page.getByRole('slider'), clip = () => page.locator('.compare__top').evaluate(e => getComputedStyle(e).clipPath);
  await slider.waitFor();
  const half = await clip();
  await slider.focus();
  await page.keyboard.press('End');
  await page.waitForFunction(before => getComputedStyle(document.querySelector('.compare__top')).clipPath !== before, half);
  assert.match(await slider.getAttribute('aria-valuetext'), /^100 % /);
  const box = await slider.boundingBox();
  await page.mouse.click(box.x + box.width / 4, box.y + box.height / 2);
  assert.ok(Math.abs(Number(await slider.inputValue()) - 25) < 5);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  assert.deepEqual(violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id), []);
}));

test('the picker says who takes no work, how long it takes and what it costs', async () => {
  await picture('For the usual time');
  const { data } = await (await fetch(`${framegate.url}/providers`)).json(), ids = data.find(p => p.name === 'flux').destinations.map(d => d.id);
  for (const id of ids) assert.ok((await operate(`providers/flux/${id}/drain`)).ok);
  try {
    await visit('/console/playground?model-picker=0', async page => {
      const option = page.getByRole('option', { name: /^flux-pro-1\.1 / }).first();
      await option.filter({ hasText: 'flux is drained' }).waitFor();
      assert.equal(await option.getAttribute('aria-disabled'), 'true');
    });
  } finally {
    for (const id of ids) await operate(`providers/flux/${id}/resume`);
  }

  await visit('/console/playground?model-picker=0', async page => {
    await page.getByLabel('Order').selectOption('fast');
    await page.getByRole('option').filter({ hasText: 'about' }).first().waitFor();
    // What has a price is not called unknown.
    const { data: models } = await (await fetch(`${framegate.url}/models`)).json(), priced = models.find(m => m.media_type === 'image' && !m.retired && m.price?.per_megapixel);
    if (priced) {
      await page.getByLabel('Name or provider').fill(priced.model);
      await page.getByRole('option').filter({ hasText: 'a megapixel' }).first().waitFor();
    }
  });
});

test('the order of the destinations stands still under the pointer', () => visit('/console/providers', async page => {
  const names = () => page.locator('tbody tr strong').allTextContents(), table = page.getByLabel('Destinations'), before = (await page.locator('tbody tr').first().waitFor(), await names());
  const last = before.at(-1), { data } = await (await fetch(`${framegate.url}/providers`)).json(), [{ id }] = data.find(p => p.name === last).destinations;
  await table.hover();
  assert.ok((await operate(`providers/${last}/${id}/drain`)).ok);
  try {
    await page.locator('tr', { hasText: last }).getByText('Drained').waitFor();
    assert.deepEqual(await names(), before);
    await page.mouse.move(2, 2);
    await page.waitForFunction(name => document.querySelector('tbody tr strong').textContent === name, last);
  } finally {
    await operate(`providers/${last}/${id}/resume`);
  }
}));

test('a file of another kind is refused where it was to go, and a drop never replaces the page', async () => {
  const drop = (page, at, name, type) => page.evaluate(([at, name, type]) => {
    const data = new DataTransfer();
    data.items.add(new File(['not a picture'], name, { type }));
    return !document.querySelector(at).dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, [at, name, type]);
  await visit('/console/playground', async page => {
    await page.locator('.drop').first().waitFor();
    assert.ok(await drop(page, '.drop', 'notes.txt', 'text/plain'));
    await page.getByRole('alert').filter({ hasText: 'notes.txt is no picture.' }).waitFor();
    assert.ok(await drop(page, '.drop', 'lie.png', 'image/png'));
    await page.getByRole('alert').filter({ hasText: 'lie.png' }).waitFor();
    assert.ok(await drop(page, 'main', 'clip.mp4', 'video/mp4'));
    await page.getByRole('alert').filter({ hasText: 'clip.mp4 cannot be an input of this model.' }).waitFor();
  });
  await visit('/console/generations', async page => {
    await page.locator('h1').waitFor();
    assert.ok(await drop(page, 'main', 'photo.png', 'image/png'), 'the browser would have opened the file');
  });
});

test('what is no number is refused at its field', () => visit('/console/playground', async page => {
  await page.locator('#prompt').fill('A number');
  await page.locator('#field-seed').fill('12x');
  await page.locator('#field-seed-error').waitFor();
  assert.ok(await page.locator('[data-generate]').isDisabled());
  await page.locator('#field-seed').fill('12');
  await page.locator('.button__price').waitFor();
  assert.ok(await page.locator('[data-generate]').isEnabled());
}));

test('what one candidate of an alias cannot do is no trouble as long as another can', async () => {
  const { data: models, aliases } = await (await fetch(`${framegate.url}/models`)).json();
  const takesClips = c => models.find(m => m.provider === c.provider && m.model === c.model).capabilities.includes('video-to-video');
  const alias = aliases.find(a => a.candidates.some(takesClips) && !a.candidates.every(takesClips));
  const { result } = await make({ provider: 'veo', model: 'veo-3.1-fast-generate-001', media_type: 'video', prompt: 'To be restyled', parameters: { duration: 4 } });
  const buffer = Buffer.from(await (await fetch(result.media[0].url)).arrayBuffer());
  await visit(`/console/playground?kind=video&model=auto%2F${alias.id}`, async page => {
    await page.locator('#prompt').fill('Restyle it');
    const asked = page.waitForResponse(r => r.url().endsWith('/quotes') && r.request().postData().includes('media:'));
    await page.locator('input[type=file][accept^=video]').setInputFiles({ name: 'in.mp4', mimeType: 'video/mp4', buffer });
    const { data } = await (await asked).json();
    assert.ok(data.some(q => q.verdict === 'able') && data.some(q => q.refusal), JSON.stringify(data));
    await page.locator('.chip', { hasText: 'ready' }).waitFor();
    assert.deepEqual(await page.locator('.field__error').allTextContents(), []);
  });
});

test('the ideas to begin with have a price', () => visit('/console/playground', async page => {
  await page.locator('.idea', { hasText: '$' }).first().waitFor();
  assert.equal(await page.locator('.idea', { hasText: '$' }).count(), await page.locator('.idea').count());
}));

test('keys walk the list, and single letters can be switched off', async () => {
  await picture('Walked one');
  await picture('Walked two');
  await visit('/console/generations?q=Walked', async page => {
    await page.locator('tbody tr').nth(1).waitFor();
    const open = () => page.locator('.detail__prompt').textContent();
    await page.locator('tbody a').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.detail__prompt', { hasText: 'Walked two' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('.detail__prompt', { hasText: 'Walked one' }).waitFor();
    await page.keyboard.press('k');
    await page.locator('.detail__prompt', { hasText: 'Walked two' }).waitFor();
    await page.evaluate(() => localStorage.setItem('framegate.letters', 'off'));
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    assert.equal(await open(), 'Walked two');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.textContent === 'Walked two');
  });
});

test('the list says how many there are in all', async () => {
  for (let i = 0; i < 52; i++) await picture('A counted picture', { request_id: `counted-${i}` });
  await visit('/console/generations?q=counted', async page => {
    await page.getByText('50 shown of 52.').waitFor();
    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByText('2 shown of 52.').waitFor();
  });
});

test('on a phone Back leads to the row that was opened, and a reload to where one was', async () => {
  const all = [];
  for (let i = 0; i < 30; i++) all.push(await picture('A scrolled picture', { request_id: `scrolled-${i}` }));
  await visit('/console/generations?q=scrolled', async page => {
    const row = page.locator(`[data-row="${all[2].request_id}"]`);
    await row.scrollIntoViewIfNeeded();
    await row.click();
    await page.locator('.detail__prompt').waitFor();
    await page.goBack();
    await page.waitForFunction(id => document.activeElement?.dataset.row === id, all[2].request_id);
    await page.waitForFunction(() => history.state?.y > 100);
    await page.reload();
    await page.waitForFunction(() => scrollY > 100);
  }, PHONE);
});

test('times are those of the reader, and say so', async () => {
  const { request_id: id } = await picture('Seen elsewhere');
  await visit('/console/generations?q=Seen', async page => {
    const time = page.locator('tbody time').first();
    await time.waitFor();
    const [shown, full, iso] = [await time.textContent(), await time.getAttribute('title'), await time.getAttribute('datetime')];
    assert.match(full, /\+05:30$/);
    assert.equal(Date.parse(full), Math.floor(Date.parse(iso) / 1000) * 1000);
    assert.equal(full.slice(11, 19), shown);
    await page.getByText('Times in UTC+5:30.').waitFor();
    await page.goto(`${framegate.url}/console/configuration`);
    await page.getByText('Times in UTC+5:30.').waitFor();
  }, { timezoneId: 'Asia/Kolkata' });
  await visit(`/console/generations/${id}`, page => page.locator('.detail').getByText(/times in UTC−[23]:30/).waitFor(), { timezoneId: 'America/St_Johns', ...PHONE });
});

test('text of others is text, in its own direction, however long it is', async () => {
  const evil = '<img src=x onerror="document.title=\'pwned\'"><script>alert(1)</script>', hebrew = 'שלום עולם 😀', long = 'x'.repeat(4000);
  const [first, second, third] = [await picture(evil), await picture(hebrew), await picture(long)];
  for (const viewport of [PHONE.viewport, { width: 1440, height: 900 }]) {
    await visit('/console/generations', async page => {
      await page.getByText(evil).first().waitFor();
      assert.equal(await page.getByText(hebrew).first().evaluate(e => getComputedStyle(e).direction), 'rtl');
      for (const path of [`generations/${first.request_id}`, `generations/${second.request_id}`, `generations/${third.request_id}`, `playground?run=${third.request_id}`, 'generations', 'generations?view=gallery']) {
        await page.goto(`${framegate.url}/console/${path}`);
        await page.locator('main h1').first().waitFor({ state: 'attached' });
        await page.locator('main .skeleton, .media__wait').first().waitFor({ state: 'detached' });
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) <= 0, `${path} is wider than ${viewport.width}`);
        assert.ok(!(await page.title()).includes('pwned'));
        assert.equal(await page.locator('main img[src="x"], main script').count(), 0);
      }
      await page.goto(`${framegate.url}/console/generations/${third.request_id}`);
      assert.ok(await page.locator('.detail__prompt').evaluate(e => e.getBoundingClientRect().height) < 300);
    }, { viewport });
  }
});

test('what is on a phone can be hit with a thumb', () => visit('/console/playground', async page => {
  for (const path of ['playground', 'generations', 'providers', 'cache', 'spend', 'configuration']) {
    await page.goto(`${framegate.url}/console/${path}`);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    await page.locator('main .skeleton').first().waitFor({ state: 'detached' });
    const small = await page.evaluate(() => [...document.querySelectorAll('button, select, input:not([type=checkbox], [hidden])')].filter(e => e.checkVisibility() && !e.closest('.visually-hidden'))
      .map(e => [e.getAttribute('aria-label') ?? e.textContent, Math.round(e.getBoundingClientRect().height)]).filter(([, high]) => high > 0 && high < 44));
    assert.deepEqual(small, [], path);
  }
}, PHONE));

test('the sums of a table are the figure on top, to the cent', async () => {
  for (let i = 0; i < 3; i++) await make({ provider: 'flux', model: ['flux-dev', 'flux-pro-1.1', 'flux-pro'][i], media_type: 'image', prompt: `Summed ${i}` });
  await visit('/console/spend', async page => {
    const cents = text => Math.round(Number(text.replace(/[^\d.]/g, '')) * 100);
    await page.locator('.figure__value').nth(1).waitFor();
    const top = cents(await page.locator('.figure__value').nth(1).textContent());
    await page.getByText('The same as a table').click();
    for (const table of await page.locator('main table').all()) {
      const sum = (await table.locator('tbody strong').allTextContents()).reduce((a, t) => a + cents(t), 0);
      assert.equal(sum, top);
    }
  });
});
