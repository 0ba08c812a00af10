import { GraphQLObjectType, GraphQLSchema, getNullableType } from 'graphql';
import type { Model, Relation, Table } from '../model/model.ts';
import { createBuilder } from './builder.ts';
import { ColumnTypes } from './column-types.ts';
import { addEntities } from './entities.ts';
import { addNodeInterface } from './node.ts';
import { addPageInfo } from './page-info.ts';
import { addQueryType } from './query-type.ts';
import { addScalars } from './scalars.ts';
import { addService } from './service.ts';
import { addTableTypes, type TableTypes } from './table-types.ts';

/** How a schema is generated. */
export interface SchemaOptions {
  /** Whether it is that of a subgraph of Apollo Federation 2, whose names must not be those of other subgraphs. */
  readonly federation: boolean;
  /** What `_service` tells of, where it is not this schema itself. */
  readonly described?: { readonly model: Model; readonly schema: GraphQLSchema };
}

/** Generates the schema of what the model exposes. */
export function generateSchema(model: Model, { federation, described }: SchemaOptions): GraphQLSchema {
  const builder = createBuilder();
  addScalars(builder);
  const hasKeys = model.tables.some((table) => table.key.length > 0);
  const node = hasKeys && !federation ? addNodeInterface(builder) : undefined;
  const shared = { pageInfo: addPageInfo(builder), node };
  const columns = federation
    ? ({ typeName }: Table) => new ColumnTypes(builder, typeName)
    : constantly(new ColumnTypes(builder));
  const typesOf = ({ schema, name }: Relation['table']): TableTypes => {
    const found = tables.find(({ table }) => table.schema === schema && table.name === name);
    if (!found) throw new Error(`the model must relate exposed tables only, but got ${schema}.${name}`);
    return found;
  };
  const tables: readonly TableTypes[] = model.tables.map((table) =>
    addTableTypes(builder, table, { ...shared, columns: columns(table) }, typesOf),
  );
  addQueryType(builder, tables, node);
  if (federation) {
    addEntities(builder, tables);
    addService(builder, described?.model ?? model, () => described?.schema ?? schema);
  }
  const schema = onlyReachable(builder.toSchema({ sortSchema: false }));
  return schema;
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
export function generateExecutable(
  model: Model,
  described: GraphQLSchema,
  options: SchemaOptions,
): GraphQLSchema {
  const schema = generateSchema(withoutPromises(model), {
    ...options,
    described: { model, schema: described },
  });
  const query = schema.getQueryType();
  if (!query) return schema;
  const { fields, ...config } = query.toConfig();
  const nullable = Object.entries(fields).map(([name, field]) => [
    name,
    { ...field, type: getNullableType(field.type) },
  ]);
  return new GraphQLSchema({
    ...schema.toConfig(),
    types: [],
    query: new GraphQLObjectType({ ...config, fields: Object.fromEntries(nullable) }),
    assumeValid: true,
  });
}

function withoutPromises(model: Model): Model {
  const tables = model.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({ ...column, notNull: false })),
  }));
  return { ...model, tables };
}
