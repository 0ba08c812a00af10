// #region client
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange, type Data } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';

/** The key of rows, and of what is part of something else. */
const byNodeId = ({ nodeId }: Data) => (typeof nodeId === 'string' ? nodeId : null);
const embedded = () => null;

export function createUrqlClient(url: string): Client {
  const cache = cacheExchange({
    keys: {
      CognitoUser: byNodeId,
      CognitoUserConnection: embedded,
      CognitoUserEdge: embedded,
      PageInfo: embedded,
    },
    resolvers: { Query: { cognitoUserCollection: relayPagination() } },
  });
  return new Client({ url, preferGetMethod: false, exchanges: [cache, fetchExchange] });
}
// #endregion
