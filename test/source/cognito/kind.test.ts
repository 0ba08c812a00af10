import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/errors.ts';
import type { ServerDefinition } from '../../../src/model/definition.ts';
import { createCognitoKind } from '../../../src/source/cognito/kind.ts';

const readSecret = async (reference: string) => {
  if (reference === 'known') return 'hush-hush';
  throw new ConfigurationError(`Vault has no secret ${reference}`);
};
const kind = createCognitoKind({ readSecret }, { parallelScan: 1, requestsPerSecond: 25 });

describe('a server is recognised', () => {
  test('by the handler of its wrapper', () => {
    expect(kind.recognises(server({ name: 'any', handler: 'cognito_fdw_handler' }))).toBe(true);
  });

  test("by the wrapper's name where it has no handler", () => {
    expect(kind.recognises(server({ name: 'cognito_wrapper' }))).toBe(true);
  });

  test("by the wrapper's option source where it has no handler", () => {
    expect(kind.recognises(server({ name: 'any', options: { source: 'cognito' } }))).toBe(true);
  });

  test('but not if it has another handler', () => {
    const other = { name: 'cognito_wrapper', handler: 'auth0_fdw_handler', options: { source: 'cognito' } };
    expect(kind.recognises(server(other))).toBe(false);
  });

  test('but not by anything else', () => {
    expect(kind.recognises(server({ name: 'postgres_fdw', options: { source: 'other' } }))).toBe(false);
  });
});

describe('a server can be used', () => {
  const pool = { region: 'us-east-1', user_pool_id: 'us-east-1_A', aws_access_key_id: 'AKIA' };

  test('if its secret can be read', async () => {
    const opened = await kind.open(server({ name: 'any' }, { ...pool, api_key_id: 'known' }));
    expect(opened).toHaveProperty('ok', true);
  });

  test('but not if its secret cannot be read, which is reported', async () => {
    const opened = await kind.open(server({ name: 'any' }, { ...pool, api_key_id: 'unknown' }));
    expect(opened).toEqual({
      ok: false,
      error: {
        reason: 'the secret key of its server pool cannot be read',
        hint: 'Vault has no secret unknown',
      },
    });
  });

  test('but not if its options are incomplete', async () => {
    expect(await kind.open(server({ name: 'any' }))).toHaveProperty('ok', false);
  });
});

function server(
  wrapper: {
    name: string;
    handler?: string;
    options?: Record<string, string>;
  },
  options: Record<string, string> = {},
): ServerDefinition {
  return {
    name: 'pool',
    comment: undefined,
    options: new Map(Object.entries(options)),
    wrapper: {
      name: wrapper.name,
      handler: wrapper.handler,
      options: new Map(Object.entries(wrapper.options ?? {})),
    },
  };
}
