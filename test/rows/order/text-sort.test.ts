import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace } from '../../../src/columns/pace.ts';
import { sortByText } from '../../../src/rows/order/text-sort.ts';
import { compareBytes } from '../../../src/values/bytes.ts';
import { userColumn, usersTable, viewUsers } from '../example-users.ts';

/** Texts that are alike for many bytes, repeat, end early or hold NULs. */
const alikeTexts = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('', 'x', 'prefix-', 'prefix-prefix-'),
      fc.string({ unit: fc.constantFrom('a', '\0', 'é'), maxLength: 8 }),
    )
    .map((parts) => parts.join('')),
  fc.uuid(),
);

test('rows are sorted by the bytes of their texts, equal ones in the order they had', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(alikeTexts, { freq: 20 }), { maxLength: 300, size: 'max' }),
      async (texts) => {
        const users = texts.map((email, i) => [String(i).padStart(4, '0'), { email }] as const);
        const { store } = await viewUsers(users, usersTable([userColumn('email')]));
        const column = store.column({ kind: 'attribute', attribute: 'email' });
        // Few texts that repeat are ranked as they are stored.
        fc.pre(column?.encoding === 'text');
        const present = texts.flatMap((text, row) =>
          text === null ? [] : [{ row, bytes: Buffer.from(text) }],
        );
        const rows = Uint32Array.from(present, ({ row }) => row);
        await sortByText(column, rows, new Pace());
        const expected = present.toSorted((a, b) => compareBytes(a.bytes, b.bytes) || a.row - b.row);
        expect([...rows]).toEqual(expected.map(({ row }) => row));
      },
    ),
  );
});
