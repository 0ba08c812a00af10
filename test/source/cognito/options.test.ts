import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure, success } from '../../../src/model/result.ts';
import { parseCognitoServer } from '../../../src/source/cognito/options.ts';

const pool = { region: 'us-east-1', user_pool_id: 'eu-west-1_AbCdEfGhI' };
const keys = { aws_access_key_id: 'AKIAEXAMPLE', aws_secret_access_key: 'hush-hush' };

describe('a server is understood', () => {
  test('with keys as the Wrappers extension wants them', () => {
    expect(parse({ ...pool, ...keys })).toEqual(
      success({
        region: 'us-east-1',
        userPoolId: 'eu-west-1_AbCdEfGhI',
        endpoint: undefined,
        credentials: {
          kind: 'static',
          accessKeyId: 'AKIAEXAMPLE',
          secret: { kind: 'plain', value: 'hush-hush' },
          sessionToken: undefined,
        },
        parallelScan: undefined,
      }),
    );
  });

  test('with a secret in Vault and a session token', () => {
    const options = {
      ...pool,
      aws_access_key_id: 'AKIA',
      api_key_id: 'cognito_key',
      aws_session_token: 'token',
    };
    expect(parse(options)).toMatchObject(
      success({
        credentials: { secret: { kind: 'vault', reference: 'cognito_key' }, sessionToken: 'token' },
      }),
    );
  });

  test("with no keys at all, which means AWS' own chain", () => {
    expect(parse(pool)).toMatchObject(success({ credentials: { kind: 'default-chain' } }));
  });

  test('with an endpoint', () => {
    expect(parse({ ...pool, endpoint_url: 'http://127.0.0.1:9229/' })).toMatchObject(
      success({
        endpoint: 'http://127.0.0.1:9229/',
      }),
    );
  });

  test.each(['1', '2', '4', '8', '16', '32', '64', '128', '256'])(
    'with parallel_scan %s',
    (parallel_scan) => {
      expect(parse({ ...pool, parallel_scan })).toMatchObject(
        success({ parallelScan: Number(parallel_scan) }),
      );
    },
  );

  test("with an empty endpoint, which means AWS' own", () => {
    expect(parse({ ...pool, endpoint_url: '' })).toEqual(parse(pool));
  });

  test('with options that mean nothing here', () => {
    expect(parse({ ...pool, colour: 'blue' })).toEqual(parse(pool));
  });
});

describe('a server is refused', () => {
  test.each([
    ['without region', { user_pool_id: 'us-east-1_A' }, 'region'],
    ['with an empty region', { ...pool, region: '' }, 'region'],
    ['with a region that is no host name', { ...pool, region: 'us east/1' }, 'region'],
    ['without user_pool_id', { region: 'us-east-1' }, 'user_pool_id'],
    ['with an empty user_pool_id', { ...pool, user_pool_id: '' }, 'user_pool_id'],
    ['with an endpoint_url that is no URL', { ...pool, endpoint_url: 'localhost:9229' }, 'endpoint_url'],
    ['with both secrets', { ...pool, ...keys, api_key_id: 'x' }, 'but has both'],
    ['with an access key without a secret', { ...pool, aws_access_key_id: 'AKIA' }, 'but has neither'],
    ['with a secret without an access key', { ...pool, api_key_id: 'x' }, 'aws_access_key_id'],
    ['with a session token alone', { ...pool, aws_session_token: 'x' }, 'aws_access_key_id'],
    ['with an empty secret', { ...pool, ...keys, aws_secret_access_key: '' }, 'aws_secret_access_key'],
    ['with an empty reference', { ...pool, aws_access_key_id: 'A', api_key_id: '' }, 'api_key_id'],
    ['with parallel_scan 3', { ...pool, parallel_scan: '3' }, 'parallel_scan'],
    ['with parallel_scan 0', { ...pool, parallel_scan: '0' }, 'parallel_scan'],
    ['with parallel_scan 512', { ...pool, parallel_scan: '512' }, 'parallel_scan'],
    ['with parallel_scan 1e1', { ...pool, parallel_scan: '1e1' }, 'parallel_scan'],
    ['with parallel_scan 04', { ...pool, parallel_scan: '04' }, 'parallel_scan'],
  ])('%s', (_, options, part) => {
    expect(parse(options)).toEqual(
      failure({ reason: expect.stringContaining(part), hint: expect.stringMatching(/./) }),
    );
  });

  test('without any of its secrets in messages', () => {
    const text = fc.constantFrom(undefined, '', 'SECRET', 'http://SECRET@host', ' SECRET');
    const options = fc.record({
      region: fc.constantFrom('us-east-1', '', 'no region'),
      user_pool_id: fc.constantFrom('us-east-1_A', ''),
      aws_access_key_id: fc.constantFrom(undefined, '', 'AKIA'),
      aws_secret_access_key: text,
      aws_session_token: text,
      api_key_id: fc.constantFrom(undefined, '', 'reference'),
      endpoint_url: fc.constantFrom(undefined, '', 'SECRET', 'ftp://user:SECRET@host'),
    });
    fc.assert(
      fc.property(options, (given) => {
        const parsed = parse(given);
        if (!parsed.ok) expect(parsed.error.reason + parsed.error.hint).not.toContain('SECRET');
      }),
    );
  });
});

function parse(options: Record<string, string | undefined>) {
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return parseCognitoServer({
    name: 'pool',
    comment: undefined,
    options: new Map(given),
    wrapper: { name: 'cognito_wrapper', handler: undefined, options: new Map() },
  });
}
