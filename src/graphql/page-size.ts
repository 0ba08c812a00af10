import { type GraphQLField, getNamedType } from 'graphql';
import type { Model } from '../model/model.ts';

/** Tells the most rows that a page of a field can have, where the field returns a table's connection. */
export function maxRowsOf(model: Model): (field: GraphQLField<unknown, unknown>) => number {
  const byType = new Map(model.tables.map((table) => [`${table.typeName}Connection`, table.maxRows]));
  return (field) => byType.get(getNamedType(field.type).name) ?? 0;
}
