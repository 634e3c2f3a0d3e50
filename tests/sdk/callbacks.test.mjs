// What docs/callbacks.md tells receivers to do, done with a callback of the running program. The C# of that page is run by a test of its own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { startFramegate } from './framegate.mjs';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'callbacks.md'), 'utf8');
const block = name => new RegExp(`<!-- verify: ${name} -->\\n\`\`\`\\w+\\n([^]*?)\`\`\``).exec(page)[1];

test('receivers in JavaScript and Python tell a real callback from a forged one', async () => {
  const secret = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;
  const folder = mkdtempSync(join(tmpdir(), 'framegate-verify-'));
  const framegate = await startFramegate({ FRAMEGATE_WEBHOOK_SECRET: secret });
  const receiver = createServer();
  try {
    const arrived = new Promise(resolve => receiver.on('request', async (request, response) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      response.end();
      resolve({ headers: request.headers, body: Buffer.concat(parts) });
    }));
    await new Promise(resolve => receiver.listen(0, '127.0.0.1', resolve));
    await fetch(`${framegate.url}/generations`, {
      method: 'POST', body: JSON.stringify({ provider: 'flux', model: 'flux-dev', media_type: 'image', prompt: 'A signed fox', callback_url: `http://127.0.0.1:${receiver.address().port}/` }),
    });
    const { headers, body } = await arrived;

    writeFileSync(join(folder, 'verify.mjs'), block('js'));
    const { verify } = await import(pathToFileURL(join(folder, 'verify.mjs')).href);
    writeFileSync(join(folder, 'verify.py'), `${block('python')}\nimport json, sys\nasked = json.load(sys.stdin)\nprint(verify(asked["headers"], base64.b64decode(asked["body"]), asked["secret"]))\n`);
    const python = (h, b, s) => execFileSync('python3', [join(folder, 'verify.py')], { input: JSON.stringify({ headers: h, body: b.toString('base64'), secret: s }) }).toString().trim() === 'True';
    for (const check of [verify, python]) {
      assert.ok(check(headers, body, secret));
      assert.ok(!check(headers, Buffer.concat([body, Buffer.from(' ')]), secret));
      assert.ok(!check(headers, body, 'another'));
      assert.ok(!check({ ...headers, 'webhook-timestamp': String(headers['webhook-timestamp'] - 600) }, body, secret));
    }
  } finally {
    receiver.close();
    await framegate.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
