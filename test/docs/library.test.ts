import { expect, test } from 'vitest';
import config from './fdw-graphql.config.ts';
import { answer } from './library.ts';

test('the README says how to use the gateway as a library', () => {
  expect(answer).toEqual({ data: { __typename: 'Query' } });
});

test('the README says how to write a file of settings', () => {
  expect(config).toEqual({ maxAge: '5m', jwtSecretFile: '/run/secrets/jwt' });
});
