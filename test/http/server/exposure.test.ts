import { expect, test } from 'vitest';
import { acceptedHosts } from '../../../src/http/server/exposure.ts';

const open = { verifiesTokens: false, allowUnauthenticated: false };

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost', '::ffff:127.0.0.1'])(
  'without authentication %s may be listened on',
  (host) => {
    expect(() => acceptedHosts({ ...open, host })).not.toThrow();
  },
);

test.each(['0.0.0.0', '::', '10.0.0.1', '', 'gateway.example', 'localhost.example', '128.0.0.1', '::2'])(
  'without authentication %j may not be listened on',
  (host) => {
    expect(() => acceptedHosts({ ...open, host })).toThrowError(
      expect.objectContaining({
        name: 'ConfigurationError',
        message: `--host must be a loopback address unless --jwt-secret, --jwks-url or --allow-unauthenticated is given, but got ${JSON.stringify(host)}`,
      }),
    );
  },
);

test.each(['verifiesTokens', 'allowUnauthenticated'])('with %s any address and name is fine', (flag) => {
  const accepts = acceptedHosts({ ...open, [flag]: true, host: '0.0.0.0' });
  expect(accepts('gateway.example')).toBe(true);
  expect(accepts(undefined)).toBe(true);
});

test.each([
  'localhost',
  'LOCALHOST:4000',
  '127.0.0.1:4000',
  '[::1]:4000',
  '[::1]',
  'app.localhost:80',
  'localhost.:1',
])('without authentication a request for %s is answered', (host) => {
  expect(acceptedHosts({ ...open, host: '127.0.0.1' })(host)).toBe(true);
});

test.each([
  undefined,
  '',
  'evil.example',
  'evil.example:4000',
  'localhost.evil.example',
  'evillocalhost',
  '127.0.0.1.evil.example',
  'user@localhost',
  'localhost:4000:80',
  '[::2]',
  '0.0.0.0:4000',
])('without authentication a request for %j is not, since a page may have rebound the name', (host) => {
  expect(acceptedHosts({ ...open, host: '127.0.0.1' })(host)).toBe(false);
});
