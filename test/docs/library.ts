// #region library
import { createGateway } from 'fdw-graphql';

const gateway = await createGateway({ catalog: { files: ['schema/catalog.sql'] } }); // or { databaseUrl: 'postgres://…' }
const server = await gateway.listen({ host: '127.0.0.1', port: 0 }); // GraphQL and GraphiQL at server.url
const response = await gateway.fetch('http://any.host/graphql?query={__typename}', {
  headers: { 'graphql-preflight': '1' },
}); // or without a server, for fetch requests from anywhere
await server.close(5_000);
await gateway.close();
// #endregion

export const answer: unknown = await response.json();
