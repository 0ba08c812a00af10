import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdentityBuilder } from '../../src/columns/identity-builder.ts';
import { Pace } from '../../src/columns/pace.ts';
import { compareUtf8, nastyText, wellFormed } from './nasty-text.ts';
import { textsOf } from './read-column.ts';

describe('the identity column', () => {
  test.each([
    ['any text', nastyText],
    ['UUIDs', fc.uuid()],
    ['texts that begin alike', nastyText.map((text) => `google_${text}`)],
  ])('sorts by UTF-8 bytes and has each identity once: %s', async (_, identity) => {
    await fc.assert(
      fc.asyncProperty(fc.array(identity), async (identities) => {
        const expected = [...new Set(identities.map(wellFormed))].sort(compareUtf8);
        const { column } = await build(identities);
        expect(textsOf(column)).toEqual(expected);
      }),
    );
  });

  test('keeps the first of the arrivals with the same identity', async () => {
    const { order } = await build(['b', 'a', 'b', 'c', 'a']);
    expect([...order]).toEqual([1, 0, 3]);
  });

  test('sorts many thousands', async () => {
    const identities = Array.from({ length: 20_000 }, (_, i) => `user-${(i * 7919) % 20_000}`);
    const { column } = await build(identities);
    expect(textsOf(column)).toEqual(identities.toSorted(compareUtf8));
  });
});

async function build(identities: readonly string[]) {
  const builder = new IdentityBuilder();
  for (const [arrival, identity] of identities.entries()) builder.set(arrival, identity);
  const order = await builder.order(new Pace());
  return { order, column: await builder.finish(order, new Pace()) };
}
