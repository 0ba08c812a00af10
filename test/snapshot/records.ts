import fc from 'fast-check';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import type { Field, SourceRecord } from '../../src/source/source.ts';
import { compareUtf8, nastyText, wellFormed } from '../columns/nasty-text.ts';
import { textsOf } from '../columns/read-column.ts';

/** The fields of the records below. */
export const fields: readonly Field[] = [
  { name: 'username', type: 'text' },
  { name: 'enabled', type: 'boolean' },
  { name: 'created_at', type: 'timestamp' },
  { name: 'status', type: 'text' },
];

const name = fc.oneof(fc.constantFrom('sub', 'email', 'custom:tenant', '__proto__', ''), nastyText);

/** A record whose texts and attribute names may be anything; names may repeat, values may be null. */
export const anyRecord: fc.Arbitrary<SourceRecord> = fc.record({
  fields: fc.tuple(
    fc.oneof(nastyText, fc.constantFrom('a', 'b', 'c')),
    fc.option(fc.boolean(), { nil: null }),
    fc.option(fc.integer({ min: -8.64e15, max: 8.64e15 }), { nil: null }),
    fc.option(fc.constantFrom('CONFIRMED', 'UNCONFIRMED'), { nil: null }),
  ),
  attributes: fc.array(fc.tuple(name, fc.option(nastyText, { nil: null })), { maxLength: 6 }),
});

/** The records as a snapshot holds them: each identity once, by UTF-8 bytes, every text well-formed. */
export function asStored(records: readonly SourceRecord[]): SourceRecord[] {
  const byIdentity = new Map<string, SourceRecord>();
  for (const { fields, attributes } of records) {
    const identity = wellFormed(String(fields[0]));
    if (byIdentity.has(identity)) continue;
    byIdentity.set(identity, {
      fields: fields.map((value) => (typeof value === 'string' ? wellFormed(value) : value)),
      attributes: attributes.map(([name, value]) => [
        wellFormed(name),
        value === null ? null : wellFormed(value),
      ]),
    });
  }
  return [...byIdentity].toSorted(([a], [b]) => compareUtf8(a, b)).map(([, record]) => record);
}

/** Every row of the snapshot as a record. */
export function readBack(snapshot: Snapshot): SourceRecord[] {
  const columns = fields.map(({ name }) => fieldValues(snapshot, name));
  return Array.from({ length: snapshot.rowCount }, (_, row) => ({
    fields: columns.map((values) => values[row] ?? null),
    attributes: snapshot.attributes(row),
  }));
}

function fieldValues(snapshot: Snapshot, field: string): (string | number | boolean | null)[] {
  const column = snapshot.column({ kind: 'field', field });
  if (!column) return [];
  if (column.encoding === 'number') {
    return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
  }
  return textsOf(column).map((value) =>
    typeof value === 'string' || typeof value === 'boolean' ? value : null,
  );
}
