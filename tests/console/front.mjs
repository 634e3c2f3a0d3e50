// Stands between the browser and the program, as a proxy does: it can go away, be slow, and answer itself.
import http from 'node:http';

/** @param target The program's address. */
export async function startFront(target) {
  const server = http.createServer((request, response) => {
    front.seen.push({ method: request.method, path: request.url, key: request.headers['idempotency-key'] });
    const own = front.answer?.(request);
    if (own) {
      request.resume();
      response.writeHead(own.status, own.headers ?? {});
      return response.end(own.body ?? '');
    }

    const onward = http.request(target + request.url, { method: request.method, headers: request.headers }, async answer => {
      if (await front.loses?.(request)) { answer.resume(); return response.destroy(); }
      await front.hold?.(request);
      response.writeHead(answer.statusCode, answer.headers);
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  const listen = port => new Promise(done => server.listen(port, '127.0.0.1', done));
  await listen(0);
  const { port } = server.address();
  const front = {
    url: `http://127.0.0.1:${port}`,
    /** What was asked. */
    seen: [],
    /** What to answer instead of the program; null to let it answer. */
    answer: null,
    /** Whether the answer is lost on its way back; it may take its time. */
    loses: null,
    /** Waits before the answer goes on. */
    hold: null,
    async goAway() { const closed = new Promise(done => server.close(done)); server.closeAllConnections(); await closed; },
    comeBack: () => listen(port),
    async stop() { server.closeAllConnections(); await new Promise(done => server.close(done)); },
  };
  return front;
}
