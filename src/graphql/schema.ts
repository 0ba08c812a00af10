import { GraphQLObjectType, GraphQLSchema, getNullableType } from 'graphql';
import type { Model, Relation } from '../model/model.ts';
import { createBuilder } from './builder.ts';
import { ColumnTypes } from './column-types.ts';
import { addNodeInterface } from './node.ts';
import { addPageInfo } from './page-info.ts';
import { addQueryType } from './query-type.ts';
import { addScalars } from './scalars.ts';
import { addTableTypes, type TableTypes } from './table-types.ts';

/** Generates the schema of what the model exposes. */
export function generateSchema(model: Model): GraphQLSchema {
  const builder = createBuilder();
  addScalars(builder);
  const shared = {
    columns: new ColumnTypes(builder),
    pageInfo: addPageInfo(builder),
    node: model.tables.some((table) => table.key.length > 0) ? addNodeInterface(builder) : undefined,
  };
  const typesOf = ({ schema, name }: Relation['table']): TableTypes => {
    const found = tables.find(({ table }) => table.schema === schema && table.name === name);
    if (!found) throw new Error(`the model must relate exposed tables only, but got ${schema}.${name}`);
    return found;
  };
  const tables: readonly TableTypes[] = model.tables.map((table) =>
    addTableTypes(builder, table, shared, typesOf),
  );
  addQueryType(builder, tables, shared.columns, shared.node);
  return builder.toSchema({ sortSchema: false });
}

/**
 * The same schema for execution, in which every root field may be null. A field of a non-null type that fails takes
 * its parent with it; at the root that would be the whole answer, while the failure of one table's scan is to be the
 * failure of its own field only.
 */
export function withNullableRootFields(schema: GraphQLSchema): GraphQLSchema {
  const query = schema.getQueryType();
  if (!query) return schema;
  const { fields, ...config } = query.toConfig();
  const nullable = Object.entries(fields).map(([name, field]) => [
    name,
    { ...field, type: getNullableType(field.type) },
  ]);
  return new GraphQLSchema({
    ...schema.toConfig(),
    query: new GraphQLObjectType({ ...config, fields: Object.fromEntries(nullable) }),
    assumeValid: true,
  });
}
