/** This gateway as it is published, over an emulated pool that another process serves. */
import { announce, serverProcessOptions } from './server-process.ts';

// What tsx makes of the sources keeps the names of functions at a cost that the published code has not.
const published: typeof import('../../src/index.ts') = await import(
  new URL('../../dist/index.js', import.meta.url).href
);
const { poolUrl } = serverProcessOptions();
const gateway = await published.createGateway({
  catalog: {
    sql: `create foreign data wrapper cognito_wrapper;
      create server s foreign data wrapper cognito_wrapper options (region 'us-east-1',
        user_pool_id 'us-east-1_Bench', endpoint_url '${poolUrl}', aws_access_key_id 'A', aws_secret_access_key 'S');
      create foreign table users (username text, email text, status text, enabled boolean, created_at timestamp,
        updated_at timestamp, attributes jsonb) server s options (object 'users');`,
  },
  requestsPerSecond: 1000,
  parallelScan: 4,
  maxAgeMs: 3_600_000,
  scanTimeoutMs: 600_000,
  limits: { requestTimeout: 600_000 },
});
const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 });
// The scan belongs to the start, not to the first request that is measured.
await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: '{ usersCollection(first: 1) { totalCount } }' }),
}).then((response) => response.text());
announce(url);
