import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type Admission, createAdmission, type GuardedListener } from '../../src/http/admission.ts';
import { type Limits, resolveLimits } from '../../src/limits/limits.ts';
import { portOf } from '../limits/small-gateway.ts';

let close = () => {};

afterEach(() => close());

/** A real server that does nothing but let requests in. */
async function start(limits: Partial<Limits>, listener: GuardedListener) {
  const admission = createAdmission(resolveLimits(limits));
  const server = createServer(admission.guard(listener));
  close = () => {
    server.close();
    server.closeAllConnections();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { admission, url: `http://127.0.0.1:${portOf(server.address())}/` };
}

async function untilActive(admission: Admission, count: number): Promise<void> {
  while (admission.active !== count) await pause(1);
}

test('a request counts until its work is done, also where its client has gone', async () => {
  let finish = () => {};
  const work = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let gone = () => {};
  const clientGone = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const { admission, url } = await start({ concurrentRequests: 1 }, (_request, response) => {
    response.on('close', gone);
    return work;
  });
  const client = request(url).on('error', () => {});
  client.end();
  await untilActive(admission, 1);
  client.destroy();
  await clientGone;
  await pause(0);
  expect(admission.active).toBe(1);
  await expect(fetch(url).then(({ status }) => status)).resolves.toBe(503);
  finish();
  await untilActive(admission, 0);
});

test('a request whose listener fails is closed, and counts no longer', async () => {
  const { admission, url } = await start({}, () => Promise.reject(new Error('a bug')));
  await expect(fetch(url)).rejects.toThrow();
  await untilActive(admission, 0);
});

test('where there is no place, a request is refused before its body is there', async () => {
  const { admission, url } = await start({ concurrentRequests: 1 }, () => new Promise(() => {}));
  const client = request(url).on('error', () => {});
  client.end();
  await untilActive(admission, 1);
  const waiting = request(url, { method: 'POST', headers: { 'content-length': 100 } }).on('error', () => {});
  const status = await new Promise((resolve) => {
    waiting.on('response', (response) => resolve(response.statusCode));
    waiting.flushHeaders();
  });
  expect(status).toBe(503);
  client.destroy();
  waiting.destroy();
});

test('bodies no longer count once they are answered', async () => {
  const { url } = await start({ bodyBytes: 100_000 }, async ({ body }, response) => {
    response.end(String((await text(body)).length));
  });
  for (let i = 0; i < 100; i++) {
    const answer = await fetch(url, { method: 'POST', body: 'x'.repeat(90_000) });
    await expect(answer.text()).resolves.toBe('90000');
  }
});
