import { expect, test } from 'vitest';
import { answer } from './library.ts';

test('the README says how to use the gateway as a library', () => {
  expect(answer).toEqual({ data: { __typename: 'Query' } });
});
