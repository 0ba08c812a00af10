import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  type GraphQLFieldConfig,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  type ThunkObjMap,
} from 'graphql';
import type { RequestContext } from '../../src/graphql/builder.ts';
import { generateSchema } from '../../src/graphql/schema.ts';
import type { Column, Table } from '../../src/model/model.ts';
import { SnapshotBuilder } from '../../src/snapshot/builder.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { sampleTable } from '../rows/sample-table.ts';
import { fields } from '../snapshot/records.ts';

/** Rows that a page of the small schema has at most, and where none is asked for. */
export const maxRows = 30;

function column(name: string): Column {
  return {
    name,
    fieldName: name,
    description: undefined,
    notNull: false,
    type: { kind: 'text' },
    origin: { kind: 'attribute', attribute: name },
  };
}

const columns = [column('id'), column('name'), column('friend_id')];
const itself = { schema: 'public', name: 'users' };

/** Users, and their friends, of whom each has one, and may be that of many. */
const users: Table = {
  ...sampleTable(true),
  ...itself,
  typeName: 'User',
  columns,
  key: columns.slice(0, 1),
  maxRows,
  relations: [
    { fieldName: 'friend', table: itself, columns: ['friend_id'], otherColumns: ['id'], cardinality: 'one' },
    {
      fieldName: 'friends',
      table: itself,
      columns: ['id'],
      otherColumns: ['friend_id'],
      cardinality: 'many',
    },
  ],
};

/** One user, who is her own friend. */
export async function smallSnapshot(name = 'Ada'): Promise<Snapshot> {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  const attributes = [
    ['id', '1'],
    ['name', name],
    ['friend_id', '1'],
  ] as const;
  builder.add([{ fields: ['ada', true, 0, null], attributes }]);
  return builder.finish({ startedAt: 0, pages: 1, requests: 1, throttles: 0, durationMs: 0 });
}

type RootField = GraphQLFieldConfig<unknown, RequestContext>;

/** The root fields of users by shorter names. */
const names: Readonly<Record<string, string>> = { userByPk: 'user', userCollection: 'users' };

/** Users are asked for by numbers as well as by texts. */
function withIdArgument(field: RootField): RootField {
  const id = field.args?.id;
  return id ? { ...field, args: { id: { ...id, type: new GraphQLNonNull(GraphQLID) } } } : field;
}

/** A generated schema with some fields beside it, which no plan knows, and so are always interpreted. */
export function smallSchema(extra: ThunkObjMap<RootField>): GraphQLSchema {
  const model = { tables: [users], problems: [], introspection: true };
  const generated = mapSchema(generateSchema(model, { federation: false }), {
    [MapperKind.QUERY_ROOT_FIELD]: (field, name) => [names[name] ?? name, withIdArgument(field)],
  });
  const query = generated.getQueryType()?.toConfig();
  const user = generated.getType('User');
  if (!query || !(user instanceof GraphQLObjectType)) throw new Error('the schema has no users');
  const representation = new GraphQLInputObjectType({
    name: 'Representation',
    fields: { id: { type: GraphQLString } },
  });
  const entities: RootField = {
    type: new GraphQLNonNull(new GraphQLList(user)),
    args: {
      representations: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(representation))),
      },
    },
    resolve: () => [],
  };
  return new GraphQLSchema({
    ...generated.toConfig(),
    types: [],
    query: new GraphQLObjectType({
      ...query,
      fields: { ...query.fields, _entities: entities, ...extra },
    }),
  });
}
