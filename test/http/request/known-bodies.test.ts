import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Client, uncounted } from '../../../src/http/message.ts';
import { Receiver } from '../../../src/http/request/receive.ts';

const lifetime = { signal: new AbortController().signal };

/** What a body asks for, as far as the contract goes, or the message of its refusal. */
async function read(receiver: Receiver, body: string): Promise<unknown> {
  try {
    const { asked } = await receiver.receive(
      {
        method: 'POST',
        url: '/graphql',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(body),
        client: new Client(),
        place: uncounted,
      },
      lifetime,
    );
    const { query, documentId, hash, operationName, variables } = asked;
    return { query, documentId, hash, operationName, variables: JSON.stringify(variables) };
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

/** Reads a body as a receiver does that has met its like before: what is read the second time is remembered. */
async function readAfter(earlier: string, body: string): Promise<unknown> {
  const receiver = new Receiver();
  for (let time = 0; time < 3; time++) await read(receiver, earlier);
  return read(receiver, body);
}

describe('a body that differs from a known one in its variables alone', () => {
  test.each([
    ['after the query', '{"query":"{ a }","variables":#}'],
    ['before the query', '{"operationName":"Q","variables": #,"extensions":{},"query":"query Q { a }"}'],
    [
      'besides a query that mentions them',
      '{"query":"{ a(b: \\"\\\\\\"variables\\\\\\":{}\\") }","variables":#}',
    ],
    ['before others of the same name', '{"query":"{ a }","variables":#,"variables":{"b":1}}'],
    ['of an extension, and its own', '{"extensions":{"variables":#},"query":"{ a }","variables":{"b":1}}'],
    ['before others whose name is escaped', '{"query":"{ a }","variables":#,"\\u0076ariables":{"b":1}}'],
  ])('%s says the same as to somebody who knows none', async (_where, template) => {
    await fc.assert(
      fc.asyncProperty(jsonObjects, jsonObjects, async (before, now) => {
        const body = template.replace('#', () => now);
        expect(
          await readAfter(
            template.replace('#', () => before),
            body,
          ),
        ).toEqual(await read(new Receiver(), body));
      }),
    );
  });

  test('is refused as any other where its variables are no JSON', async () => {
    const body = (variables: string) => `{"query":"{ a }","variables":${variables}}`;
    for (const variables of ['{"a":}', '{"a":1}}', '{"a":1', '{a:1}', '[]', '1', '{"a":1},{}', '{}"']) {
      expect(await readAfter(body('{"a":1}'), body(variables))).toEqual(
        await read(new Receiver(), body(variables)),
      );
    }
    expect(await readAfter(body('{"a":1}'), body('{"a":}'))).toBe('the body is not valid JSON');
  });

  test('has no variables but its own', async () => {
    const seen = await readAfter('{"query":"{ a }","variables":{"a":1}}', '{"query":"{ a }"}');
    expect(seen).toMatchObject({ variables: '{}' });
  });
});

test('bodies that come again and again say the same each time', async () => {
  const bodies = fc.uniqueArray(jsonObjects, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(bodies, fc.array(fc.nat(), { maxLength: 40 }), async (variables, order) => {
      const receiver = new Receiver();
      for (const place of order) {
        const body = `{"query":"{ a }","variables":${variables[place % variables.length]}}`;
        expect(await read(receiver, body)).toEqual(await read(new Receiver(), body));
      }
    }),
  );
});

test('what many bodies say is remembered once, and only if it comes again', async () => {
  const receiver = new Receiver();
  for (let id = 0; id < 100; id++) {
    await read(receiver, `{"query":"query ($id: ID!) { a(id: $id) }","variables":{"id":"${id}"}}`);
    await read(receiver, `{"query":"{ a(id: \\"${id}\\") }"}`);
  }
  expect(receiver.size.entries).toBe(1);
});

test('bodies that come again with their variables are remembered with them, and counted', async () => {
  const receiver = new Receiver();
  const body = '{"query":"{ a }","variables":{"a":1}}';
  for (const a of [1, 2, 3]) await read(receiver, body.replace('1', String(a)));
  const { bytes } = receiver.size;
  for (let times = 0; times < 2; times++) await read(receiver, body);
  expect(receiver.size.entries).toBe(2);
  expect(receiver.size.bytes).toBeGreaterThanOrEqual(bytes + body.length);
});

/** JSON of objects with brackets, quotes, backslashes and other characters in their texts. */
const jsonObjects = fc
  .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' }))
  .map((value) => JSON.stringify(value));
