import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { GraphQLSchema, getNullableType } from 'graphql';
import type { Model, Relation, Table } from '../model/model.ts';
import { createBuilder } from './builder.ts';
import { ColumnTypes } from './column-types.ts';
import { addEntities } from './entities.ts';
import { addQueryType } from './query-type.ts';
import { addRelations } from './relation-fields.ts';
import { addNodeInterface, addPageInfo } from './relay-types.ts';
import { addScalars } from './scalars.ts';
import { addService } from './service.ts';
import { addTableTypes, type TableTypes } from './table-types.ts';

/** How a schema is generated. */
export interface SchemaOptions {
  /** Whether it is that of a subgraph of Apollo Federation 2, whose names must not be those of other subgraphs. */
  readonly federation: boolean;
}

/** Generates the schema of what the model exposes. */
export function generateSchema(model: Model, { federation }: SchemaOptions): GraphQLSchema {
  const builder = createBuilder();
  addScalars(builder);
  const hasKeys = model.tables.some((table) => table.key.length > 0);
  const node = hasKeys && !federation ? addNodeInterface(builder) : undefined;
  const shared = { pageInfo: addPageInfo(builder), node };
  const columns = federation
    ? ({ typeName }: Table) => new ColumnTypes(builder, typeName)
    : constantly(new ColumnTypes(builder));
  const tables = model.tables.map((table) =>
    addTableTypes(builder, table, { ...shared, columns: columns(table) }),
  );
  for (const types of tables) addRelations(builder, types, (table) => typesOf(tables, table));
  addQueryType(builder, tables, node);
  if (federation) {
    addEntities(builder, tables);
    addService(builder, model, () => schema);
  }
  const schema = onlyReachable(builder.toSchema({ sortSchema: false }));
  return schema;
}

function typesOf(tables: readonly TableTypes[], { schema, name }: Relation['table']): TableTypes {
  const found = tables.find(({ table }) => table.schema === schema && table.name === name);
  if (!found) throw new Error(`a relation refers to ${schema}.${name}, which is not exposed`);
  return found;
}

/** Without what no query can lead to, such as scalars that no column has. */
function onlyReachable(schema: GraphQLSchema): GraphQLSchema {
  return new GraphQLSchema({ ...schema.toConfig(), types: [] });
}

function constantly<T>(value: T): () => T {
  return () => value;
}

/**
 * The same schema for execution, in which every root field and every column may be null. A field of a non-null type
 * that fails takes its parent with it; at the root that would be the whole answer, while the failure of one table's
 * scan is to be the failure of its own field only. And that a foreign table's column is NOT NULL is a promise which
 * nobody enforces: a user without a value must not cost the page.
 */
export function withNullableFields(schema: GraphQLSchema): GraphQLSchema {
  const nullable = mapSchema(schema, {
    [MapperKind.QUERY_ROOT_FIELD]: (field) => ({ ...field, type: getNullableType(field.type) }),
    [MapperKind.OBJECT_FIELD]: (field) =>
      field.extensions?.meaning?.kind === 'column' ? { ...field, type: getNullableType(field.type) } : field,
  });
  return new GraphQLSchema({ ...nullable.toConfig(), types: [], assumeValid: true });
}
