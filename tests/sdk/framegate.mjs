// Starts the real program in sandbox mode on a free port, once for each test file.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const program = join(process.env.PROGRAMS_UNDER_TEST ?? join(root, 'src/Proxy/bin/Debug/net10.0'), 'Framegate.Proxy.dll');

/** A port that is free, below those that the system gives out itself: nobody gets it by chance before it is used. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', error => error.code === 'EADDRINUSE' ? resolve(freePort()) : reject(error));
    server.listen(20_000 + Math.floor(Math.random() * 10_000), '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The address that a program has got and prints: a port that was free a moment ago may be another's by now. */
function addressOf(child, line) {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', text => {
      output = (output + text).slice(-64 * 1024);
      const found = line.exec(output);
      if (found) resolve(found[1]);
    });
    child.once('exit', code => reject(new Error(`It ended with ${code} before it listened`)));
  });
}

/**
 * @param variables Environment variables beside those that are set.
 * @param kept.data A data folder that outlives the program; without it there is one of its own.
 * @param kept.sandbox The address of stand-ins that outlive the program; without it they run in it.
 */
export async function startFramegate(variables = {}, kept = {}) {
  const data = kept.data ?? mkdtempSync(join(tmpdir(), 'framegate-sdk-'));
  const child = spawn(
    'dotnet',
    [program, kept.sandbox ? `--sandbox=${kept.sandbox}` : '--sandbox', '--urls', 'http://127.0.0.1:0', '--config', join(root, 'config/routes.json'), '--data', data],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...variables } });
  // The banner is the last thing printed before the first request is taken.
  const url = await addressOf(child, /Framegate listens on (http:\S+)\s/);
  return {
    url,
    data,
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
  const child = spawn('dotnet', [join(root, 'src/Sandbox/bin/Debug/net10.0/Framegate.Sandbox.dll'), '--urls', 'http://127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await addressOf(child, /(http:\/\/127\.0\.0\.1:\d+)\//);
  return { url, async stop() { child.kill('SIGKILL'); await new Promise(resolve => child.once('close', resolve)); } };
}

/** A bucket: just enough of S3 for files that are stored, looked at, read and deleted. While `isAway` it answers nobody. */
export async function startBucket() {
  const files = new Map(), bucket = { isAway: false, stop: () => { server.closeAllConnections(); server.close(); } };
  const server = createHttpServer(async (request, response) => {
    if (bucket.isAway) return request.socket.destroy();
    const { pathname: at, searchParams: query } = new URL(request.url, 'http://bucket');
    if (request.method === 'PUT') {
      files.set(at, { bytes: Buffer.concat(await request.toArray()), type: request.headers['content-type'] });
      return response.writeHead(200, { ETag: '"stored"' }).end();
    }
    if (request.method === 'DELETE') return files.delete(at), response.writeHead(204).end();
    if (query.has('list-type')) return response.writeHead(200, { 'Content-Type': 'application/xml' }).end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
    const file = files.get(at);
    if (!file) return response.writeHead(404).end();
    const [, from] = /bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [], bytes = from ? file.bytes.subarray(Number(from)) : file.bytes;
    response.writeHead(from ? 206 : 200, { 'Content-Length': bytes.length, 'Content-Type': query.get('response-content-type') ?? file.type, ETag: '"stored"', ...(from ? { 'Content-Range': `bytes ${from}-${file.bytes.length - 1}/${file.bytes.length}` } : {}) });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const settings = { Endpoint: `http://127.0.0.1:${server.address().port}`, Name: 'media', KeyEnv: 'TEST_BUCKET_KEY', SecretEnv: 'TEST_BUCKET_SECRET' };
  bucket.variables = { TEST_BUCKET_KEY: 'key', TEST_BUCKET_SECRET: 'secret', ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`Framegate__Media__Bucket__${name}`, value])) };
  return bucket;
}

/** Whether the bytes begin an MP4 file. */
export const isMp4 = bytes => Buffer.from(bytes).subarray(4, 8).toString() === 'ftyp';

/** Whether the bytes begin a PNG file. */
export const isPng = bytes => Buffer.from(bytes).subarray(1, 4).toString() === 'PNG';

/** Whether the bytes begin a WAV file. */
export const isWav = bytes => Buffer.from(bytes).subarray(0, 4).toString() === 'RIFF' && Buffer.from(bytes).subarray(8, 12).toString() === 'WAVE';

/** Whether the bytes begin an MP3 file: a tag, or a frame's own mark. */
export const isMp3 = bytes => Buffer.from(bytes).subarray(0, 3).toString() === 'ID3' || (Buffer.from(bytes).readUInt16BE(0) & 0xffe0) === 0xffe0;
