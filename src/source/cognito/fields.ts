import type { Field } from '../source.ts';

/** The fixed fields of a user, in the order of a record's fields, with the names of the wrapper's columns. */
export const fields: readonly Field[] = [
  { name: 'username', type: 'text' },
  { name: 'status', type: 'text' },
  { name: 'enabled', type: 'boolean' },
  { name: 'created_at', type: 'timestamp' },
  { name: 'updated_at', type: 'timestamp' },
];

/** The names of the fixed fields. Every other name is that of an attribute. */
export const fieldNames: ReadonlySet<string> = new Set(fields.map((field) => field.name));
