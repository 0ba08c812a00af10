/** Mercurius with graphql-jit, over an array with a map for keys. */
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { announce, serverProcessOptions } from '../comparison/server-process.ts';
import { type CollectionArguments, UserStore } from './user-store.ts';

const store = new UserStore(serverProcessOptions().users);
const app = Fastify();
await app.register(mercurius, {
  schema: `
    scalar Datetime
    type Query {
      usersByPk(username: String!): users
      usersCollection(first: Int, offset: Int, filter: usersFilter): usersConnection!
    }
    type users { username: String! email: String status: String enabled: Boolean created_at: Datetime updated_at: Datetime }
    type usersConnection { totalCount: Int! edges: [usersEdge!]! }
    type usersEdge { node: users! }
    input usersFilter { status: StringFilter created_at: DatetimeFilter }
    input StringFilter { eq: String }
    input DatetimeFilter { gte: Datetime lt: Datetime }
  `,
  resolvers: {
    Query: {
      usersByPk: (_: unknown, { username }: { username: string }) => store.byUsername(username),
      usersCollection: (_: unknown, args: CollectionArguments) => store.collection(args),
    },
  },
  jit: 1,
});
announce(`${await app.listen({ host: '127.0.0.1', port: 0 })}/graphql`);
