// Starts the real program in sandbox mode on a free port, once for each test file.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const program = join(root, 'src/Proxy/bin/Debug/net10.0/Framegate.Proxy.dll');

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** @param variables Environment variables beside those that are set. */
export async function startFramegate(variables = {}) {
  const url = `http://127.0.0.1:${await freePort()}`;
  const data = mkdtempSync(join(tmpdir(), 'framegate-sdk-'));
  const child = spawn(
    'dotnet',
    [program, '--sandbox', '--urls', url, '--config', join(root, 'config/routes.json'), '--data', data],
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
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Whether the bytes begin an MP4 file. */
export const isMp4 = bytes => Buffer.from(bytes).subarray(4, 8).toString() === 'ftyp';

/** Whether the bytes begin a PNG file. */
export const isPng = bytes => Buffer.from(bytes).subarray(1, 4).toString() === 'PNG';

/** Whether the bytes begin a WAV file. */
export const isWav = bytes => Buffer.from(bytes).subarray(0, 4).toString() === 'RIFF' && Buffer.from(bytes).subarray(8, 12).toString() === 'WAVE';

/** Whether the bytes begin an MP3 file: a tag, or a frame's own mark. */
export const isMp3 = bytes => Buffer.from(bytes).subarray(0, 3).toString() === 'ID3' || (Buffer.from(bytes).readUInt16BE(0) & 0xffe0) === 0xffe0;
