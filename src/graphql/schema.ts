import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { GraphQLSchema, getNullableType, isEnumType, Kind } from 'graphql';
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
  /** Whether it is for a subgraph of Apollo Federation 2, whose names must not collide with those of others. */
  readonly federation: boolean;
}

/** Generates the schema of a model. */
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

/** Removes types that no query can reach, such as scalars that no column has. */
function onlyReachable(schema: GraphQLSchema): GraphQLSchema {
  return new GraphQLSchema({ ...schema.toConfig(), types: [] });
}

function constantly<T>(value: T): () => T {
  return () => value;
}

/**
 * The same schema for execution, in which every root field, every relation and every column is nullable. A failing field of
 * a non-null type nulls its parent, up to the whole answer, but the failure of one table's scan should only affect its own
 * fields. And nobody enforces NOT NULL on a foreign table: a user without a value must not null the whole page.
 */
export function withNullableFields(schema: GraphQLSchema): GraphQLSchema {
  const nullable = mapSchema(schema, {
    [MapperKind.QUERY_ROOT_FIELD]: (field) => ({ ...field, type: getNullableType(field.type) }),
    [MapperKind.OBJECT_FIELD]: (field) => {
      const kind = field.extensions?.meaning?.kind;
      return kind === 'column' || kind === 'relation'
        ? { ...field, type: getNullableType(field.type) }
        : field;
    },
  });
  return new GraphQLSchema({ ...nullable.toConfig(), types: [], assumeValid: true });
}

/**
 * Lets the documents of a schema have strings for values of enums (`{ state: { eq: "open" } }`), as those for pg_graphql
 * may. It changes the schema itself; what is made of it by `mapSchema` has other enums.
 */
export function withStringsForEnums(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isEnumType(type)) continue;
    const parse = type.parseLiteral.bind(type);
    type.parseLiteral = (node, variables) =>
      parse(node.kind === Kind.STRING ? { kind: Kind.ENUM, value: node.value } : node, variables);
  }
  return schema;
}
