// Every command of README.md, as it is written, in this checkout. Only the port and the data folder are others.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from './framegate.mjs';

const root = join(import.meta.dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```bash\n([^]*?)```/g)].map(m => m[1]);
const cells = [...readme.matchAll(/`((?:dotnet|bash|docker) [^`]+)`/g)].map(m => m[1]);

// What a test cannot do here, and where it is looked at instead.
const ELSEWHERE = ['bash tests/run.sh', 'bash bench/run.sh', 'dotnet publish src/Proxy -c Release -o /opt/framegate', 'docker build'];
const START = 'dotnet run --project src/Proxy -- --sandbox';
const children = [];
let copy, data, url;

/** Runs commands as a reader would. */
const run = (commands, env = {}) => execFileSync('bash', ['-c', `set -e\n${commands.replaceAll('http://127.0.0.1:8080', url)}`], { cwd: copy, env: { ...process.env, ...env }, timeout: 300_000, stdio: ['ignore', 'pipe', 'pipe'] }).toString();

/** Starts one that stays. */
async function start(command, address) {
  const child = spawn('bash', ['-c', `exec ${command}`], { cwd: copy, env: { ...process.env, ASPNETCORE_URLS: address }, stdio: 'ignore', detached: true });
  children.push(child);
  for (let tries = 0; ; tries++) {
    try {
      await fetch(address);
      return child;
    } catch (error) {
      if (tries === 600) throw error;
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }
}

// In a group of its own: what it has started goes with it.
const stop = child => {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has gone.
  }
};

before(async () => {
  copy = root;
  data = mkdtempSync(join(tmpdir(), 'framegate-readme-'));

  url = `http://127.0.0.1:${await freePort()}`;
  assert.ok(blocks[0].includes(START));
  await start(`${START} --data ${join(data, 'program')}`, url);
});
after(() => {
  children.forEach(stop);
  rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  rmSync(join(copy, 'boat.mp4'), { force: true });
});

test('the examples do what they say', async () => {
  const examples = blocks.filter(b => !b.includes(START));
  assert.ok(examples.length >= 8);
  for (const example of examples) {
    const printed = run(example);
    const expected = example.includes('sandbox:moderated') ? /"code": ?"CONTENT_POLICY_VIOLATION"/ : example.includes('boat.mp4') ? /^$/ : /"(status|id|polling_url|b64_json)"|event: completed/;
    assert.match(printed, expected, example);
  }

  assert.equal(readFileSync(join(copy, 'boat.mp4')).subarray(4, 8).toString(), 'ftyp');
});

test('the commands of the table work', async () => {
  const commands = cells.filter(c => !ELSEWHERE.some(e => c.startsWith(e)));
  for (const command of commands.filter(c => !c.includes('src/Sandbox'))) {
    // The running program holds its own folder.
    mkdirSync(join(data, 'another'), { recursive: true });
    const printed = run(command.replace('--data ./data', `--data ${join(data, 'another')}`));
    assert.ok(printed.length > 0, command);
  }

  const standIns = commands.find(c => c.includes('src/Sandbox'));
  const address = `http://127.0.0.1:${await freePort()}`;
  const child = await start(standIns.replace('http://127.0.0.1:9090', address), address);
  assert.equal((await fetch(`${address}/sandbox/ledger`)).status, 200);
  stop(child);
});
