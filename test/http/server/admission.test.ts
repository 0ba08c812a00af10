import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { ErrorWriter } from '../../../src/http/error-writer.ts';
import { plainText, type Routes } from '../../../src/http/routes.ts';
import { Admission } from '../../../src/http/server/admission.ts';
import { createCorsPolicy } from '../../../src/http/server/cross-origin.ts';
import { createNodeServer, type NodeServer } from '../../../src/http/server/node-server.ts';
import { type Limits, resolveLimits } from '../../../src/limits/limits.ts';
import type { Observation } from '../../../src/observation.ts';
import { portOf } from '../../limits/small-gateway.ts';

let close = () => {};
const observations: Observation[] = [];

afterEach(() => {
  close();
  observations.length = 0;
});

/** A real server whose answers are those of the test. */
async function start(limits: Partial<Limits>, routes: Routes) {
  const nodeServer = createNodeServer({
    limits: resolveLimits(limits),
    routes,
    errors: new ErrorWriter({ observe: (observation) => observations.push(observation), suggestions: true }),
    cors: createCorsPolicy([]),
    isReady: () => true,
    acceptsHost: () => true,
    observe: () => {},
  });
  const { server } = nodeServer;
  close = () => {
    server.close();
    server.closeAllConnections();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { nodeServer, url: `http://127.0.0.1:${portOf(server.address())}/` };
}

async function untilActive(nodeServer: NodeServer, count: number): Promise<void> {
  while (nodeServer.active !== count) await pause(1);
}

test('a request counts until its work is done, even if its client has gone', async () => {
  let finish = () => {};
  let gone = () => {};
  const clientGone = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const { nodeServer, url } = await start({ concurrentRequests: 1 }, (received) => {
    received.client.onLeave(gone);
    return new Promise((resolve) => {
      finish = () => resolve(plainText(200, 'done'));
    });
  });
  const client = request(url).on('error', () => {});
  client.end();
  await untilActive(nodeServer, 1);
  client.destroy();
  await clientGone;
  expect(nodeServer.active).toBe(1);
  await expect(fetch(url).then(({ status }) => status)).resolves.toBe(503);
  finish();
  await untilActive(nodeServer, 0);
});

test('an unexpected failure is answered and observed, and no longer counts', async () => {
  const { nodeServer, url } = await start({}, () => Promise.reject(new Error('a bug')));
  const response = await fetch(url);
  expect(response.status).toBe(500);
  const { errorId } = (await response.json()).errors[0].extensions;
  expect(observations).toEqual([{ event: 'internal-error', errorId, error: new Error('a bug') }]);
  expect(nodeServer.active).toBe(0);
});

test('without a free place, a request is rejected before its body arrives', async () => {
  const { nodeServer, url } = await start({ concurrentRequests: 1 }, () => new Promise(() => {}));
  const client = request(url).on('error', () => {});
  client.end();
  await untilActive(nodeServer, 1);
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
  const { url } = await start({ bodyBytes: 100_000 }, async ({ body }) => plainText(200, `${body.length}`));
  for (let i = 0; i < 100; i++) {
    const answer = await fetch(url, { method: 'POST', body: 'x'.repeat(90_000) });
    await expect(answer.text()).resolves.toBe('90000\n');
  }
});

test('a spare place does not let its request wait until there is an ordinary one', () => {
  const admission = new Admission(resolveLimits({ concurrentRequests: 8 }));
  const places = Array.from({ length: 8 }, () => admission.take());
  const spare = admission.take();
  expect(places.map(({ refusalToWait }) => refusalToWait)).toEqual(places.map(() => undefined));
  expect(spare.refusalToWait).toMatchObject({ code: 'OVERLOADED', status: 503 });
  expect(() => admission.take()).toThrow('too many concurrent requests (limit 8');
  places[0]?.free();
  expect(spare.refusalToWait).toBeUndefined();
});
