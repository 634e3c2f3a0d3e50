// The documents that the program serves become a typed client that compiles, and its types fit what the program answers.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import openapiTS, { astToString } from 'openapi-typescript';
import { startFramegate } from './framegate.mjs';

const USE = `
import type { components, operations, paths } from './v2';
import type { paths as openai } from './openai';
type Made = operations['createGeneration']['responses'][200]['content']['application/json'];
const request: components['schemas']['GenerationRequest'] = { schema_version: '2.0', provider: 'flux', model: 'flux-dev', media_type: 'image', prompt: 'A fox', parameters: { seed: 1 } };
export async function make(url: string): Promise<string | undefined> {
  const answer = await fetch(url + '/generations', { method: 'POST', body: JSON.stringify(request) });
  const made = await answer.json() as Made;
  const code: 'RATE_LIMIT_EXCEEDED' | undefined = made.error?.code === 'RATE_LIMIT_EXCEEDED' ? made.error.code : undefined;
  return code ?? made.result?.media[0]?.url;
}
export type Spend = paths['/admin/spend']['get']['responses'][200]['content']['application/json']['data'][number]['cost'];
export type Job = openai['/v1/videos']['post']['responses'][200]['content']['application/json']['status'];
// @ts-expect-error There is no such kind.
export const wrong: components['schemas']['GenerationRequest'] = { provider: 'flux', model: 'flux-dev', media_type: 'smell' };
`;
let framegate, folder;
before(async () => { framegate = await startFramegate(); folder = mkdtempSync(join(import.meta.dirname, 'node_modules', '.types-')); });
after(async () => { await framegate.stop(); rmSync(folder, { recursive: true, force: true }); });

test('the documents become types that compile, and that tell wrong from right', async () => {
  for (const name of ['v2', 'openai']) {
    writeFileSync(join(folder, `${name}.d.ts`), astToString(await openapiTS(new URL(`${framegate.url}/openapi/${name}.json`))));
  }

  writeFileSync(join(folder, 'use.ts'), USE);
  const tsc = join(import.meta.dirname, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    execFileSync(process.execPath, [tsc, '--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--module', 'es2022', '--moduleResolution', 'bundler', '--skipLibCheck', join(folder, 'use.ts')]);
  } catch (error) {
    assert.fail(error.stdout?.toString() ?? String(error));
  }
});

test('a failure leads to the page that explains it', async () => {
  const answer = await fetch(`${framegate.url}/generations`, { method: 'POST', body: JSON.stringify({ provider: 'flux', model: 'flux-dev', media_type: 'image', prompt: 'sandbox:moderated' }) });
  const [, link] = /^<([^>]+)>; rel="help"$/.exec(answer.headers.get('link'));
  assert.match(await (await fetch(link)).text(), new RegExp(`id="${new URL(link).hash.slice(1)}"`));
  assert.equal(new URL(link).hash, '#content_policy_violation');
});
