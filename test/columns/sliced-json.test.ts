import { describe, expect, test } from 'vitest';
import { JsonLimitError, parseSliced } from '../../src/columns/sliced-json.ts';

const limits = { depth: 10, containers: 100, members: 100, values: 100, textBytes: 50_000, gapBytes: 40_000 };
const parse = async (json: string) => parseSliced(Buffer.from(json), limits, {});

describe('a text in large JSON', () => {
  test('may be as long as the limit', async () => {
    const text = 'x'.repeat(limits.textBytes);
    expect(await parse(`["${text}", 1]`)).toEqual([text, 1]);
  });

  test('counts with its escapes', async () => {
    const text = '\u0001'.repeat(10_000);
    await expect(parse(JSON.stringify([text]))).rejects.toThrow(new JsonLimitError('50000 bytes in a text'));
  });

  test('is refused if it is longer', async () => {
    await expect(parse(`["${'x'.repeat(limits.textBytes + 1)}", 1]`)).rejects.toThrow(JsonLimitError);
  });

  test('is not JSON if it does not end', async () => {
    await expect(parse(`["${'x'.repeat(20_000)}`)).rejects.toThrow(SyntaxError);
  });
});

test.each([
  ['white space', ' '.repeat(80_000)],
  ['digits', '1'.repeat(80_000)],
])('more %s between two texts than the limit is refused', async (_, gap) => {
  await expect(parse(`["a",${gap}1]`)).rejects.toThrow(new JsonLimitError('40000 bytes between two values'));
});
