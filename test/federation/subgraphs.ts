import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { describeCatalog } from '../../src/gateway/catalog-reading.ts';
import { RoleSchemas } from '../../src/graphql/role-schemas.ts';
import { createDatabase } from '../support/database.ts';

/**
 * The subgraph of the foreign tables that `sql` defines, as text.
 *
 * @param role whose schema; that of the login where it is left out
 */
export async function subgraphOf(sql: string, role?: string): Promise<string> {
  const database = await createDatabase(sql);
  const catalog = await openCatalog({ databaseUrl: database.url });
  try {
    const { definition, model } = await describeCatalog(catalog, { federation: true });
    const schemas = new RoleSchemas(model, definition.roles, { federation: true });
    return schemas.of(role ?? definition.loginRole).print();
  } finally {
    await catalog.close();
    await database.drop();
  }
}

/** How a subgraph of today begins. */
export const federation2 = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3",
  import: ["@key", "@shareable", "@external", "@requires", "@provides"])`;

/** A subgraph whose types have the names that gateways give theirs, with other contents. */
export const rivalSdl = `
${federation2}
type Query {
  node(id: ID!): Node
  products(filter: ProductFilter, orderBy: OrderByDirection): ProductConnection! @shareable
  plan: plan
}
interface Node { id: ID! }
type Product implements Node @key(fields: "id") { id: ID! price: BigInt at: Datetime details: JSON tag: UUID }
type ProductConnection @shareable { nodes: [Product!]! pageInfo: PageInfo! }
type PageInfo @shareable { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }
input ProductFilter { name: StringFilter id: IDFilter at: DatetimeFilter ok: BooleanFilter tag: UUIDFilter count: IntFilter }
input StringFilter { equals: String! }
input IDFilter { oneOf: [ID!]! }
input DatetimeFilter { before: Datetime! }
input BooleanFilter { eq: Boolean! is: FilterIs }
input UUIDFilter { equals: UUID! }
input IntFilter { between: [Int!]! }
enum FilterIs { Empty Full }
enum OrderByDirection { ASC DESC }
enum plan { monthly yearly }
enum Opaque { Glass Wood }
scalar Cursor
scalar JSON @specifiedBy(url: "https://www.ecma-international.org/publications/files/ECMA-ST/ECMA-404.pdf")
scalar UUID @specifiedBy(url: "https://tools.ietf.org/html/rfc4122")
scalar Datetime
scalar BigInt`;

/** The same kind of rival, written for the first version of federation. */
export const legacySdl = `
type Query { reviews: [Review!]! stats: PageInfo }
type Review @key(fields: "id") { id: ID! body: JSON by: CognitoUser }
extend type CognitoUser @key(fields: "username") { username: String! @external reviews: [Review!]! }
type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }
input StringFilter { equals: String! }
enum OrderByDirection { ASC DESC }
scalar JSON
scalar Cursor`;
