import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { type ListeningSubgraph, listen } from './listen.ts';

/** An order of a customer. */
export interface Order {
  readonly id: string;
  readonly total: number;
  /** The username of a Cognito user. */
  readonly customer: string;
}

/**
 * The subgraph's schema for composition: orders refer to users by their key, and the users' type gets fields from here.
 * `email` belongs to the other subgraph: the router fetches it, because `label` is computed from it.
 */
export const ordersSdl = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.0",
  import: ["@key", "@shareable", "@external", "@requires"])

type Query {
  orders(first: Int): [Order!]
}

type Order @key(fields: "id") {
  id: ID!
  total: Int!
  customer: CognitoUser
}

type CognitoUser @key(fields: "username") {
  username: String!
  email: String @external
  orders: [Order!]!
  label: String! @requires(fields: "email")
}
`;

/** The same schema for execution: without directives, and with the fields that every subgraph must have. */
const executable = `
scalar _Any
union _Entity = Order | CognitoUser
type _Service { sdl: String! }
type Query {
  orders(first: Int): [Order!]
  _entities(representations: [_Any!]!): [_Entity]!
  _service: _Service!
}
type Order { id: ID! total: Int! customer: CognitoUser }
type CognitoUser { username: String! email: String orders: [Order!]! label: String! }
`;

/** The router's reference to a user. */
interface UserRepresentation {
  readonly __typename: 'CognitoUser';
  readonly username: string;
  readonly email?: string | null;
}

interface OrderRepresentation {
  readonly __typename: 'Order';
  readonly id: string;
}

/** Serves the orders. `port` 0 lets the system choose. */
export async function startOrders(orders: readonly Order[], port = 0): Promise<ListeningSubgraph> {
  const schema = createSchema({
    typeDefs: executable,
    resolvers: {
      Query: {
        orders: (_root: unknown, { first }: { first?: number | null }) => orders.slice(0, first ?? 10),
        _service: () => ({ sdl: ordersSdl }),
        _entities: (
          _root: unknown,
          { representations }: { representations: readonly (UserRepresentation | OrderRepresentation)[] },
        ) =>
          representations.map((representation) =>
            representation.__typename === 'Order'
              ? orders.find(({ id }) => id === representation.id)
              : representation,
          ),
      },
      _Entity: {
        __resolveType: (entity: object) => ('username' in entity ? 'CognitoUser' : 'Order'),
      },
      Order: {
        customer: ({ customer }: Order) => ({ username: customer }),
      },
      CognitoUser: {
        orders: ({ username }: UserRepresentation) => orders.filter(({ customer }) => customer === username),
        label: ({ username, email }: UserRepresentation) => (email ? `${username} <${email}>` : username),
      },
    },
  });
  const yoga = createYoga({ schema, logging: false });
  return listen(createServer(yoga), port);
}
