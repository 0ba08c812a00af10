import SchemaBuilder from '@pothos/core';
import type { GraphQLSchema } from 'graphql';
import type { UserRow } from '../comparison/rows.ts';
import type { Collection, UserStore } from './user-store.ts';

/** The schema of the comparison, over an array with a map for keys. */
export function pothosSchema(store: UserStore): GraphQLSchema {
  const builder = new SchemaBuilder<{ Scalars: { Datetime: { Input: string; Output: string } } }>({});
  builder.scalarType('Datetime', { serialize: (value) => value, parseValue: String });

  const User = builder.objectRef<UserRow>('users').implement({
    fields: (t) => ({
      username: t.exposeString('username', { nullable: false }),
      email: t.exposeString('email', { nullable: true }),
      status: t.exposeString('status', { nullable: true }),
      enabled: t.exposeBoolean('enabled', { nullable: true }),
      created_at: t.expose('created_at', { type: 'Datetime', nullable: true }),
      updated_at: t.expose('updated_at', { type: 'Datetime', nullable: true }),
    }),
  });
  const Edge = builder.objectRef<Collection['edges'][number]>('usersEdge').implement({
    fields: (t) => ({ node: t.field({ type: User, nullable: false, resolve: ({ node }) => node }) }),
  });
  const Connection = builder.objectRef<Collection>('usersConnection').implement({
    fields: (t) => ({
      totalCount: t.exposeInt('totalCount', { nullable: false }),
      edges: t.field({ type: [Edge], nullable: false, resolve: ({ edges }) => edges }),
    }),
  });
  const StringFilter = builder.inputType('StringFilter', { fields: (t) => ({ eq: t.string() }) });
  const DatetimeFilter = builder.inputType('DatetimeFilter', {
    fields: (t) => ({ gte: t.field({ type: 'Datetime' }), lt: t.field({ type: 'Datetime' }) }),
  });
  const UsersFilter = builder.inputType('usersFilter', {
    fields: (t) => ({
      status: t.field({ type: StringFilter }),
      created_at: t.field({ type: DatetimeFilter }),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      usersByPk: t.field({
        type: User,
        nullable: true,
        args: { username: t.arg.string({ required: true }) },
        resolve: (_, { username }) => store.byUsername(username),
      }),
      usersCollection: t.field({
        type: Connection,
        nullable: false,
        args: { first: t.arg.int(), offset: t.arg.int(), filter: t.arg({ type: UsersFilter }) },
        resolve: (_, args) => store.collection(args),
      }),
    }),
  });
  return builder.toSchema();
}
