import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type SmallGateway, type SmallGatewayOptions, startSmallGateway } from '../limits/small-gateway.ts';

let gateway: SmallGateway;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await gateway.close();
});

async function start(options: SmallGatewayOptions): Promise<SmallGateway> {
  gateway = await startSmallGateway(options);
  return gateway;
}

/** A connection on which bytes are sent as they are. */
function open(): Socket {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname).on('error', () => {});
  sockets.push(socket);
  return socket;
}

function post(query: string): string {
  const body = JSON.stringify({ query });
  return `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(2);
}

const health = (path: string) => fetch(new URL(path, gateway.url)).then(({ status }) => status);

describe('one connection', () => {
  test('takes one place, however many requests it sends at once', async () => {
    let finish = () => {};
    const stuck = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await start({ limits: { concurrentRequests: 2 }, slow: () => stuck });
    const socket = open();
    socket.write(post('{ slow }').repeat(20));
    await until(() => gateway.active === 1);
    await expect(gateway.ask('{ __typename }')).resolves.toMatchObject({ status: 200 });
    expect(gateway.active).toBe(1);
    finish();
    let answers = '';
    socket.on('data', (chunk) => {
      answers += chunk;
    });
    await until(() => answers.split('HTTP/1.1 200').length === 21);
  });

  test.each([
    ['requests', post('{ __typename }')],
    ['health checks', 'GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['preflights', 'OPTIONS /graphql HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('may not have hundreds of %s in flight: it gets one error and is closed', async (_what, request) => {
    await start({ slow: () => new Promise(() => {}), limits: { requestTimeout: 500 } });
    const socket = open();
    let answers = '';
    socket.on('data', (chunk) => {
      answers += chunk;
    });
    socket.write(post('{ slow }') + request.repeat(100));
    await until(() => socket.closed);
    expect(answers.split('OVERLOADED')).toHaveLength(2);
    await expect(gateway.ask('{ __typename }')).resolves.toMatchObject({ status: 200 });
  });

  test('with a thousand requests in flight is closed at once', async () => {
    await start({ slow: () => new Promise(() => {}), limits: { requestTimeout: 600_000 } });
    const socket = open();
    socket
      .resume()
      .write(post('{ slow }') + 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1_000));
    await until(() => socket.closed);
    await until(() => gateway.active === 0);
    expect(new Error('the next error').stack).toContain('connections.test.ts');
  });

  test('with a thousand requests in flight does not make others wait for all that do the same', async () => {
    await start({});
    const honest = open();
    honest.write(post('{ __typename }'));
    await once(honest, 'data');
    const hostile = Array.from({ length: 10 }, open);
    let closed = 0;
    for (const socket of hostile) socket.resume().on('close', () => closed++);
    await Promise.all(hostile.map((socket) => once(socket, 'connect')));
    await health('/healthz');
    // All of it arrives before the gateway can read any, the honest request last.
    for (const socket of hostile) socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1_000));
    honest.write(post('{ __typename }'));
    await once(honest, 'data');
    // What the gateway had closed before it answered shows two turns of the event loop later.
    await nextTurn();
    await nextTurn();
    expect(closed).toBeLessThan(5);
    await until(() => closed === hostile.length);
  });

  test('that does not read is closed', async () => {
    // No other limit closes the connection within the time of a test.
    await start({ limits: { writeTimeout: 100, bodyTimeout: 600_000 } });
    const socket = open();
    socket.pause();
    let isClosed = false;
    socket.on('close', () => {
      isClosed = true;
    });
    // Answers of seven kilobytes, which cost little once they are remembered: enough of them fill every buffer.
    const query = `{ ${Array.from({ length: 500 }, (_, i) => `a${i}: __typename`).join(' ')} }`;
    const sending = setInterval(() => socket.write(post(query).repeat(20)), 5);
    await until(() => isClosed);
    clearInterval(sending);
    await until(() => gateway.active === 0);
  });
});

describe('places', () => {
  test('are spared for requests that wait for nothing, when those that wait have taken all', async () => {
    await start({ limits: { concurrentRequests: 8 }, slow: () => new Promise(() => {}) });
    for (let i = 0; i < 8; i++) open().write(post('{ slow }'));
    await until(() => gateway.active === 8);
    await expect(gateway.ask('{ __typename }')).resolves.toMatchObject({ status: 200 });
    const refused = await gateway.ask('{ slow }');
    expect(refused).toMatchObject({ status: 503, errors: [{ extensions: { code: 'OVERLOADED' } }] });
    expect(gateway.active).toBe(8);
  });
});

describe('health', () => {
  test('is answered even if there is no place', async () => {
    await start({ limits: { concurrentRequests: 1 }, slow: () => new Promise(() => {}) });
    open().write(post('{ slow }'));
    await until(() => gateway.active === 1);
    await expect(gateway.ask('{ __typename }')).resolves.toMatchObject({ status: 503 });
    await expect(health('/healthz')).resolves.toBe(200);
    await expect(health('/readyz')).resolves.toBe(200);
  });
});

describe('a request that waits for a scan', () => {
  test('takes no place, and continues after the scan', async () => {
    let fail = () => {};
    const scan = new Promise<never>((_, reject) => {
      fail = () => reject(new Error('the scan failed'));
    });
    await start({ limits: { concurrentRequests: 1 }, read: () => scan });
    const waiting = [
      gateway.ask('{ users { totalCount } }'),
      gateway.ask('{ users { totalCount } }'),
      gateway.ask('{ users { totalCount } }'),
    ];
    await until(async () => (await gateway.ask('{ __typename }')).status === 200);
    expect(gateway.active).toBe(0);
    fail();
    for (const answer of waiting) {
      await expect(answer).resolves.toMatchObject({ status: 200, data: null });
    }
    expect(gateway.active).toBe(0);
  });

  test('is one of a limited number', async () => {
    await start({
      limits: { waitingRequests: 1, requestTimeout: 1000 },
      read: () => new Promise(() => {}),
    });
    const answers = await Promise.all([
      gateway.ask('{ users { totalCount } }'),
      gateway.ask('{ users { totalCount } }'),
    ]);
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions?.code);
    expect(codes.sort()).toEqual(['OVERLOADED', 'REQUEST_TIMEOUT']);
  });
});

describe('stopping', () => {
  test('turns readiness off, answers requests in flight, and closes each connection with its answer', async () => {
    let finish = () => {};
    const slow = () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      });
    await start({ slow });
    const agent = new Agent({ keepAlive: true });
    const underWay = ask(agent, '{ slow }');
    await until(() => gateway.active === 1);
    const stopped = gateway.stop(10_000);
    await expect(health('/readyz')).resolves.toBe(503);
    await expect(health('/healthz')).resolves.toBe(200);
    const late = await ask(agent, '{ __typename }');
    expect(late).toMatchObject({ status: 200, connection: 'close' });
    finish();
    await expect(underWay).resolves.toMatchObject({ status: 200, connection: 'close' });
    await stopped;
    agent.destroy();
  });

  test('cuts off requests that do not end', async () => {
    await start({ slow: () => new Promise(() => {}) });
    const underWay = gateway.ask('{ slow }');
    await until(() => gateway.active === 1);
    const [stopped, answer] = await Promise.allSettled([gateway.stop(100), underWay]);
    expect(stopped.status).toBe('fulfilled');
    expect(answer.status).toBe('rejected');
  });
});

async function ask(agent: Agent, query: string) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(gateway.url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } })
      .on('response', resolve)
      .on('error', reject)
      .end(JSON.stringify({ query }));
  });
  await text(response);
  return { status: response.statusCode, connection: response.headers.connection };
}
