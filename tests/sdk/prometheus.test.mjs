// Debian's own Prometheus scrapes the running program; every panel and every alert is asked of it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, startFramegate } from './framegate.mjs';

const root = join(import.meta.dirname, '..', '..');
const rules = join(root, 'deploy/prometheus');
const dashboards = join(root, 'deploy/grafana/dashboards');
// No client's key, so that callbacks may lead to this machine.
const KEYS = { FRAMEGATE_ADMIN_KEY: 'key-of-the-operator', FRAMEGATE_SCRAPE_KEY: 'key-of-the-scraper' };
let framegate, prometheus, receiver, folder, address;

const call = (path, { key = '', ...more } = {}) =>
  fetch(framegate.url + path, { ...more, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...more.headers } });
const make = body => call('/generations', { method: 'POST', body: JSON.stringify({ provider: 'flux', model: 'flux-dev', media_type: 'image', timeout: 10, ...body }) });

/** Asks Prometheus. */
async function ask(query) {
  const answer = await (await fetch(`${address}/api/v1/query?query=${encodeURIComponent(query)}`)).json();
  assert.equal(answer.status, 'success', `${query}: ${answer.error}`);
  return answer.data.result;
}

/** Waits until something is so; Prometheus looks once a second. */
async function until(what, check) {
  for (let tries = 0; tries < 240; tries++) {
    if (await check()) return;
    await new Promise(resolve => setTimeout(resolve, 250));
  }

  assert.fail(`${what} has not come about`);
}

before(async () => {
  framegate = await startFramegate(KEYS);
  receiver = createServer((request, response) => { request.resume(); response.writeHead(request.url === '/bad' ? 503 : 200).end(); });
  await new Promise(resolve => receiver.listen(0, '127.0.0.1', resolve));
  folder = mkdtempSync(join(tmpdir(), 'framegate-prometheus-'));
  cpSync(rules, folder, { recursive: true });
  writeFileSync(join(folder, 'scrape-key'), KEYS.FRAMEGATE_SCRAPE_KEY);
  const config = readFileSync(join(folder, 'prometheus.yml'), 'utf8');
  writeFileSync(join(folder, 'prometheus.yml'), config.replace('127.0.0.1:8080', new URL(framegate.url).host).replaceAll('interval: 15s', 'interval: 1s'));
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  prometheus = spawn('prometheus', [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'], { stdio: 'ignore' });
  await until('a scrape', async () => { try { return (await ask('up == 1')).length > 0; } catch { return false; } });
});
after(async () => {
  prometheus?.kill('SIGKILL');
  receiver?.close();
  await framegate?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

test('/metrics opens to the scrape key and the admin key, and to nobody else', async () => {
  for (const [key, metrics, admin] of [[KEYS.FRAMEGATE_SCRAPE_KEY, 200, 401], [KEYS.FRAMEGATE_ADMIN_KEY, 200, 200], ['wrong', 401, 401]]) {
    assert.equal((await call('/metrics', { key })).status, metrics, key);
    assert.equal((await call('/admin/clients', { key })).status, admin, key);
  }
});

test('every metric has a HELP, and promtool finds no fault in those of Framegate', async () => {
  const text = await (await call('/metrics', { key: KEYS.FRAMEGATE_SCRAPE_KEY })).text();
  const names = kind => new Set([...text.matchAll(new RegExp(`^# ${kind} ((?:framegate|http)_\\S+)`, 'gm'))].map(m => m[1]));
  assert.deepEqual([...names('TYPE')].filter(n => !names('HELP').has(n)), []);
  const faults = (() => { try { return execFileSync('promtool', ['check', 'metrics'], { input: text }).toString(); } catch (e) { return `${e.stdout}${e.stderr}`; } })();
  assert.deepEqual(faults.split('\n').filter(l => /^(framegate|http)_/.test(l)), []);
});

test('the first failure of its kind is an increase', async () => {
  const query = 'sum(increase(framegate_failures_total{provider="flux",code="CONTENT_POLICY_VIOLATION"}[1m])) > 0';
  assert.deepEqual(await ask(query), []);
  assert.equal((await make({ prompt: 'sandbox:moderated' })).status, 422);
  await until('an increase', async () => (await ask(query)).length > 0);
});

test('every panel answers with data, and every alert asks for what there is', async () => {
  await call('/generations', { method: 'POST', body: JSON.stringify({ provider: 'sora', model: 'sora-2', media_type: 'video', prompt: 'A boat', parameters: { duration: 4 }, timeout: 30 }) });
  const traffic = async () => {
    await make({ prompt: `called back ${Math.random()}`, callback_url: `http://127.0.0.1:${receiver.address().port}/good` });
    await make({ prompt: 'A fox' });
    await make({ prompt: `Another fox ${Math.random()}` });
    await make({ prompt: `sandbox:error ${Math.random()}`, retry_config: { max_attempts: 1 } });
    await call('/flux/v1/flux-dev', { method: 'POST', body: JSON.stringify({ prompt: 'A red fox' }) });
  };
  await traffic();
  const panels = readdirSync(dashboards).flatMap(file => JSON.parse(readFileSync(join(dashboards, file))).panels.flatMap(panel =>
    panel.targets.map(target => ({ name: `${file}: ${panel.title}`, query: target.expr.replaceAll('$__rate_interval', '1m') }))));
  assert.ok(panels.length > 40);
  let empty = panels;
  for (let round = 0; empty.length > 0 && round < 20; round++) {
    await Promise.all([round < 8 && traffic(), new Promise(resolve => setTimeout(resolve, 1000))]);
    const answers = await Promise.all(empty.map(async panel => ({ ...panel, result: await ask(panel.query) })));
    empty = answers.filter(({ result }) => result.length === 0 || result.every(r => r.value[1] === 'NaN'));
  }

  assert.deepEqual(empty.map(p => `${p.name}: ${p.query}`), []);

  const { data } = await (await fetch(`${address}/api/v1/rules`)).json();
  const alerts = data.groups.flatMap(g => g.rules);
  assert.ok(alerts.length >= 15);
  const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8').toLowerCase();
  for (const alert of alerts) {
    assert.equal(alert.health, 'ok', alert.name);
    assert.equal(alert.annotations.runbook_url, `docs/runbook.md#${alert.name.toLowerCase()}`);
    assert.ok(runbook.includes(`\n## ${alert.name.toLowerCase()}\n`), alert.name);
    for (const [selector] of alert.query.matchAll(/\b(?:framegate|http_server)_[a-z_]+|\bup\b/g)) {
      assert.ok((await ask(selector)).length > 0, `${alert.name} asks for ${selector}`);
    }
  }

  // A picture that the stand-in failed is the provider's fault; a refused prompt, above, was not.
  assert.ok((await ask('framegate_failures_total{provider="flux",code="PROVIDER_ERROR"} > 0')).length > 0);
});

test('the rules are right by their own tests, and the dashboards by Grafana\'s types', () => {
  execFileSync('promtool', ['check', 'rules', join(rules, 'alerts.yml')]);
  execFileSync('promtool', ['test', 'rules', 'alerts.test.yml'], { cwd: rules });
  const types = mkdtempSync(join(import.meta.dirname, 'node_modules', '.dashboards-'));
  try {
    const files = readdirSync(dashboards);
    files.forEach((file, i) => writeFileSync(join(types, `d${i}.ts`), `import type { Dashboard } from '@grafana/schema';\nexport default ${readFileSync(join(dashboards, file), 'utf8').trim()} satisfies Dashboard;\n`));
    const tsc = join(import.meta.dirname, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'es2022', '--moduleResolution', 'bundler', ...files.map((_, i) => join(types, `d${i}.ts`))]);
  } catch (error) {
    assert.fail(error.stdout?.toString().slice(0, 2000) ?? String(error));
  } finally {
    rmSync(types, { recursive: true, force: true });
  }
});
