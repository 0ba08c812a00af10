import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

describe('the GraphQL over HTTP specification, as graphql-http audits it', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(demoCatalog, []);
  });
  afterAll(() => gateway.close());

  // Browsers send such a GET only after asking, so that no other origin can cause work: see `csrfHeaders`.
  const fetchFn: typeof fetch = (url, { headers, ...init } = {}) =>
    fetch(url, { ...init, headers: { ...headers, 'graphql-preflight': '1' } });

  for (const { id, name, fn } of serverAudits({ url: () => gateway.url, fetchFn })) {
    test(`${name} (${id})`, async () => expect(await fn()).toMatchObject({ status: 'ok' }));
  }
});
