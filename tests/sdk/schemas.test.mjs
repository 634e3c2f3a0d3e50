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

// An app of an older version: what it may send, and what it gets, in both directions.
for (const version of ['1.0', '1.1']) {
  test(`real traffic of schema ${version} fits its schema`, async () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const compile = async name => ajv.compile(await (await fetch(`${framegate.url}/schemas/${version}/${name}.json`)).json());
    const request = await compile('request');
    const response = await compile('response');
    const send = async body => {
      const answer = await fetch(`${framegate.url}/generations`, { method: 'POST', body: JSON.stringify(body) });
      const json = await answer.json();
      assert.ok(response(json), JSON.stringify(response.errors));
      assert.equal(json.schema_version, version);
      assert.equal(request(body), answer.status !== 400, JSON.stringify(json));
      return json;
    };
    const old = { schema_version: version, provider: { name: 'flux', model: 'flux-dev' }, media_type: 'image' };

    const done = await send({ ...old, prompt: 'a red fox', parameters: { seed: 7 } });
    assert.equal(done.status, 'success');
    assert.ok(response(await (await fetch(`${framegate.url}/generations/${done.request_id}`)).json()));
    assert.equal((await send({ ...old, prompt: 'sandbox:moderated' })).error_code, 'CONTENT_POLICY_VIOLATION');
    assert.equal((await send({ ...old, prompt: 'sandbox:drop' })).status, 'failed');
    assert.equal((await send({ ...old, provider: { name: 'flux', model: 'flux-9' } })).error_code, 'INVALID_MODEL');
    for (const wrong of [{ ...old, model: 'flux-dev' }, { ...old, provider: 'flux' }, { ...old, colour: 'red' }, { ...old, timeout: 0 }]) {
      assert.equal((await send(wrong)).error_code, 'INVALID_REQUEST');
    }

    const notes = await send({ ...old, prompt: 'a red fox', metadata: { team: 'a' } });
    assert.equal(notes.status, version === '1.0' ? 'failed' : 'success');
    const { data } = await (await fetch(`${framegate.url}/generations`, { headers: { 'framegate-schema-version': version } })).json();
    for (const item of data) assert.ok(response(item), JSON.stringify(response.errors));
  });
}
