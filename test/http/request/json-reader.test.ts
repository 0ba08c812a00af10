import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTurnSpent } from '../../../src/columns/turn.ts';
import { readJson } from '../../../src/http/request/json-reader.ts';
import { isPlainObject, type PlainObject } from '../../../src/values/plain-object.ts';

const lifetime = { signal: new AbortController().signal };
const read = async (text: string) => readJson(Buffer.from(text), lifetime);
/** White space that makes a text longer than what is parsed at once. */
const space = ' '.repeat(20_000);
const long = 'x'.repeat(20_000);

describe('JSON is read as JSON.parse reads it', () => {
  test('whatever it is, and where it is long', async () => {
    const json = fc
      .jsonValue({ maxDepth: 5 })
      .chain((value) =>
        fc.constantFrom(
          JSON.stringify(value),
          JSON.stringify([value, long, value, { a: value, long, b: [value, long] }]),
          JSON.stringify(
            { a: value, list: Array.from({ length: 3_000 }, () => value), b: { long, value } },
            null,
            2,
          ),
          `${space}[${JSON.stringify(value)}${space},{"a":${space}1, "b"${space}:[${space}]}]`,
        ),
      );
    await fc.assert(
      fc.asyncProperty(json, async (text) => {
        expect(JSON.stringify(await read(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 300 },
    );
  });

  test('or rejected if it is invalid', async () => {
    const whole = `{"a": [1, {"b": "${long}", "c": [${'{"d":1},'.repeat(3_000)}{}]}], "e": [${space}]}`;
    const broken = fc
      .tuple(
        fc.nat(whole.length - 1),
        fc.constantFrom('', ',', ':', '"', '[', ']', '{', '}', '1', '\\', ' '),
        fc.nat(1),
      )
      .map(([at, put, cut]) => whole.slice(0, at) + put + whole.slice(at + cut));
    await fc.assert(
      fc.asyncProperty(broken, async (text) => {
        let parsed: string | undefined;
        try {
          parsed = JSON.stringify(JSON.parse(text));
        } catch {}
        const found = await read(text).then(JSON.stringify, (error: unknown) => {
          expect(error).toBeInstanceOf(SyntaxError);
          return undefined;
        });
        expect(found).toBe(parsed);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    `[${space},1]`,
    `[1,${space}]`,
    `[1${space}2]`,
    `{"a":1,${space}}`,
    `{"a"${space}}`,
    `{1:[${space}]}`,
    `{"a" [${space}]}`,
    `[${space}}`,
    `[1]${space}[2]`,
    `${space}`,
    `["${long}`,
    `]${space}[`,
  ])('not where a comma, a value or a bracket is wrong (case %#)', async (text) => {
    await expect(read(text)).rejects.toThrow(SyntaxError);
  });

  test('its objects may have members of any name', async () => {
    const value = await read(`{"__proto__": {"a": [${space}]}, "b": {"constructor": "${long}"}}`);
    expect(Object.hasOwn(asObject(value), '__proto__')).toBe(true);
    expect(Object.hasOwn(asObject(asObject(value).b), 'constructor')).toBe(true);
    expect(JSON.stringify(value)).toBe(`{"__proto__":{"a":[]},"b":{"constructor":"${long}"}}`);
  });
});

test.each([
  ['nests too deep', `${'['.repeat(1_001)}${space}`, /1000 objects and lists within each other$/],
  ['has too many objects', `[${'{},'.repeat(50_001)}1]`, /more than 50000 objects and lists$/],
  [
    'has an object with too many members',
    `{"a":1${',"a":1'.repeat(5_001)}}`,
    /more than 5000 members in an object$/,
  ],
  ['has too many values', `[1${',1'.repeat(200_001)}]`, /more than 200000 values$/],
])('a body that %s is refused', async (_what, body, message) => {
  await expect(read(body)).rejects.toThrow(message);
});

test('brackets within texts do not count, and a list of 10,000 objects with lists in them passes', async () => {
  await read(`["${'[{\\"'.repeat(60_000)}"]`);
  await read(`[${'{"a":[1,2]},'.repeat(10_000)}1]`);
});

test('parsing ends with the request', async () => {
  const signal = AbortSignal.abort(new Error('the client is gone'));
  while (!isTurnSpent());
  await expect(readJson(Buffer.from(`[${'{"a":1},'.repeat(30_000)}1]`), { signal })).rejects.toThrow(
    'the client is gone',
  );
});

function asObject(value: unknown): PlainObject {
  if (isPlainObject(value)) return value;
  throw new Error('not an object');
}
