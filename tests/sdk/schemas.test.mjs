import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { startFramegate } from './framegate.mjs';

let framegate, validators;
before(async () => {
  framegate = await startFramegate();
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const compile = async name => ajv.compile(await (await fetch(`${framegate.url}/schemas/2.0/${name}.json`)).json());
  validators = { request: await compile('request'), response: await compile('response') };
});
after(() => framegate.stop());

async function generate(request) {
  assert.ok(validators.request(request), JSON.stringify(validators.request.errors));
  const answer = await fetch(`${framegate.url}/generations`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request),
  });
  const body = await answer.json();
  assert.ok(validators.response(body), JSON.stringify(validators.response.errors));
  return body;
}

const flux = { provider: 'flux', model: 'flux-dev', media_type: 'image' };

test('real answers fit the schema: success, refusal, failure', async () => {
  assert.equal((await generate({ ...flux, prompt: 'a red fox', parameters: { seed: 7 }, metadata: { team: 'a' } })).status, 'success');
  assert.equal((await generate({ ...flux, prompt: 'sandbox:moderated' })).error.code, 'CONTENT_POLICY_VIOLATION');
  assert.equal((await generate({ ...flux, prompt: 'sandbox:drop' })).metadata.phase, 'unknown');
  assert.equal((await generate({ ...flux, model: 'flux-9', prompt: 'x' })).error.code, 'INVALID_MODEL');
});

test('what the schema refuses, the program refuses', async () => {
  for (const wrong of [{ ...flux, prompt: 1 }, { ...flux, colour: 'red' }, { ...flux, prompt: 'x', timeout: 0 }, { prompt: 'x' }]) {
    assert.equal(validators.request(wrong), false);
    const answer = await fetch(`${framegate.url}/generations`, { method: 'POST', body: JSON.stringify(wrong) });
    assert.equal(answer.status, 400);
    assert.ok(validators.response(await answer.json()));
  }
});
