// Pictures of every page in both themes and two widths, to be looked at: node shots.mjs URL FOLDER
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser, openPage } from './browser.mjs';

const [, , url, folder] = process.argv;
mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
const send = async body => (await fetch(`${url}/generations`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json();
const image = (prompt, model = 'flux-pro-1.1', more = {}) => ({ provider: 'flux', model, media_type: 'image', prompt, parameters: {}, ...more });
const generations = await Promise.all([
  send(image('A lighthouse at dawn, sea mist')), send(image('A red fox asleep in snow', 'flux-kontext-pro')), send(image('sandbox:moderated Cartoon mouse with red shorts')),
  send({ provider: 'runway', model: 'gen4_image', media_type: 'image', prompt: 'Poster for a night market' }),
  send({ provider: 'veo', model: 'veo-3.1-fast-generate-001', media_type: 'video', prompt: 'A paper boat drifts down a rainy street', parameters: { duration: 4 } }),
  send({ provider: 'runway', model: 'eleven_text_to_sound_v2', media_type: 'audio', prompt: 'Gentle rain on a tin roof' }),
  send(image('A lighthouse at dawn, sea mist', 'flux-pro-1.1', { request_id: `again-${Date.now()}`, callback_url: 'https://shop.example/hook' })),
]);
const [made, , refused, , clip, sound, called] = generations;
for (const [theme, width] of [['light', 'desktop'], ['dark', 'desktop'], ['light', 'phone'], ['dark', 'phone']]) {
  const { page, context } = await openPage(browser, `${url}/console/playground`, { colorScheme: theme, viewport: width === 'phone' ? { width: 390, height: 844 } : { width: 1440, height: 900 } });
  const shoot = async name => { await page.waitForTimeout(500); await page.screenshot({ path: join(folder, `${name}-${width}-${theme}.png`) }); };
  const at = async (path, name) => { await page.goto(`${url}/console/${path}`); await page.locator('main h1, main h2').first().waitFor({ state: 'attached' }); await page.waitForTimeout(700); await shoot(name); };
  await page.locator('.composer #prompt').waitFor();
  await shoot('playground-idle');
  await page.fill('#prompt', 'A harbour at night');
  await page.locator('.button__price').waitFor();
  await shoot('playground-form');
  if (width === 'desktop') {
    await page.click('.picker');
    await page.locator('.option').first().waitFor();
    await shoot('models');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Code' }).first().click();
    await shoot('code');
    await page.keyboard.press('Escape');
  }
  await page.fill('#prompt', 'sandbox:slow=6 A harbour at night');
  await page.locator('[data-generate]').click();
  await page.waitForTimeout(1500);
  await shoot('playground-running');
  const result = width === 'phone' ? async () => { await page.getByRole('button', { name: 'Result', exact: true }).click(); } : async () => {};
  for (const [id, name] of [[made, 'playground-image'], [clip, 'playground-video'], [sound, 'playground-audio'], [refused, 'playground-failed']]) {
    await page.goto(`${url}/console/playground?run=${id.request_id}`);
    await page.locator('.stage__bar .chip').waitFor({ state: 'attached' });
    await result();
    await shoot(name);
  }
  if (width === 'desktop') {
    await page.getByRole('button', { name: 'Compare with another model' }).click();
    await page.locator('.option', { hasText: 'flux-kontext-pro' }).first().click();
    await page.fill('#prompt', 'Isometric harbour with cranes');
    await page.waitForTimeout(800);
    await page.locator('[data-generate]').click();
    await page.locator('.stage__view--pair img').nth(1).waitFor();
    await shoot('playground-compare');
  }
  for (const [path, name] of [['generations', 'generations'], ['generations?view=gallery', 'gallery'], [`generations/${called.request_id}`, 'generation'], [`generations/${refused.request_id}`, 'generation-failed'], ['providers', 'providers'], ['cache', 'cache'], ['spend', 'spend'], ['configuration', 'configuration'], ['nowhere', 'nowhere']]) await at(path, name);
  await context.close();
}
await browser.close();
