import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../../src/emulator/population.ts';
import { demoCatalog } from '../../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

describe('the GraphiQL page', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(demoCatalog, demoUsers(60));
  });
  afterAll(() => gateway.close());

  const get = (search: string, headers: Record<string, string> = {}) =>
    gateway.gateway.fetch(`http://embedded.example/graphql${search}`, { headers });

  test('is also served by an embedded gateway', async () => {
    const page = await get('', { accept: 'text/html' });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const overview = await (await get('?graphiql=overview')).json();
    expect(overview.examples).toHaveLength(4);
    expect(overview.objects).toMatchObject([{ tables: ['cognito.members', 'cognito.users'] }]);
  });

  test('is only compressed for clients that accept gzip', async () => {
    const bodies: string[] = [];
    for (const accepted of ['gzip, br', 'br, *', 'identity', 'gzip;q=0', '']) {
      const response = await get('?graphiql=page.css', { 'accept-encoding': accepted });
      const body = Buffer.from(await response.arrayBuffer());
      const isCompressed = body.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]));
      expect([accepted, isCompressed]).toEqual([accepted, /gzip,|\*/.test(accepted)]);
      expect(response.headers.get('content-encoding')).toBe(isCompressed ? 'gzip' : null);
      bodies.push(String(isCompressed ? gunzipSync(body) : body));
    }
    expect(new Set(bodies).size).toBe(1);
  });

  test('is not sent again to clients that have it', async () => {
    const first = await get('?graphiql=graphiql.js');
    const again = await get('?graphiql=graphiql.js', { 'if-none-match': first.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  test('runs only scripts of the gateway', async () => {
    const page = await get('', { accept: 'text/html' });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await page.text()).not.toMatch(/<script>|\son\w+=/);
  });

  test('has no other parts', async () => {
    const nothing = await get('?graphiql=../../package.json');
    expect(nothing.status).toBeGreaterThanOrEqual(400);
  });
});
