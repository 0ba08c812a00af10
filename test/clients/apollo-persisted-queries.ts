// #region link
import { type ApolloLink, HttpLink } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { sha256 } from './sha256.ts';

export function createPersistedQueryLink(uri: string): ApolloLink {
  const http = new HttpLink({ uri, headers: { 'apollo-require-preflight': 'true' } });
  return new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(http);
}
// #endregion
