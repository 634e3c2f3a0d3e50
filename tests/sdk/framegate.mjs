// Starts the real program in sandbox mode on a free port, once for each test file.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const program = join(root, 'src/Proxy/bin/Debug/net10.0/Framegate.Proxy.dll');

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * @param variables Environment variables beside those that are set.
 * @param kept.data A data folder that outlives the program; without it there is one of its own.
 * @param kept.sandbox The address of stand-ins that outlive the program; without it they run in it.
 */
export async function startFramegate(variables = {}, kept = {}) {
  const url = `http://127.0.0.1:${await freePort()}`;
  const data = kept.data ?? mkdtempSync(join(tmpdir(), 'framegate-sdk-'));
  const child = spawn(
    'dotnet',
    [program, kept.sandbox ? `--sandbox=${kept.sandbox}` : '--sandbox', '--urls', url, '--config', join(root, 'config/routes.json'), '--data', data],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...variables } });
  // The banner is the last thing printed before the first request is taken.
  await new Promise((resolve, reject) => {
    child.stdout.on('data', text => text.toString().includes('Framegate listens') && resolve());
    child.once('exit', code => reject(new Error(`Framegate ended with ${code} before it listened`)));
  });
  return {
    url,
    // What the stand-in providers would have billed for this prompt.
    async submits(prompt) {
      const { data } = await (await fetch(`${url}/sora/sandbox/ledger`, { headers: { 'x-api-key': variables.FRAMEGATE_CLIENT_KEY ?? '' } })).json();
      return data.filter(entry => entry.prompt === prompt).length;
    },
    async stop() {
      child.kill('SIGKILL');
      await new Promise(resolve => child.once('close', resolve));
      if (!kept.data) rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Starts the stand-in providers as a program of their own. */
export async function startSandbox() {
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn('dotnet', [join(root, 'src/Sandbox/bin/Debug/net10.0/Framegate.Sandbox.dll'), '--urls', url], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let tries = 0; ; tries++) {
    try {
      await fetch(`${url}/sandbox/ledger`);
      break;
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }

  return { url, async stop() { child.kill('SIGKILL'); await new Promise(resolve => child.once('close', resolve)); } };
}

/** Whether the bytes begin an MP4 file. */
export const isMp4 = bytes => Buffer.from(bytes).subarray(4, 8).toString() === 'ftyp';

/** Whether the bytes begin a PNG file. */
export const isPng = bytes => Buffer.from(bytes).subarray(1, 4).toString() === 'PNG';

/** Whether the bytes begin a WAV file. */
export const isWav = bytes => Buffer.from(bytes).subarray(0, 4).toString() === 'RIFF' && Buffer.from(bytes).subarray(8, 12).toString() === 'WAVE';

/** Whether the bytes begin an MP3 file: a tag, or a frame's own mark. */
export const isMp3 = bytes => Buffer.from(bytes).subarray(0, 3).toString() === 'ID3' || (Buffer.from(bytes).readUInt16BE(0) & 0xffe0) === 0xffe0;
