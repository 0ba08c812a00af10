// #region client
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { sha256 } from './sha256.ts';

export function createPersistingClient(url: string): Client {
  const persisted = persistedExchange({ generateHash: sha256, preferGetForPersistedQueries: true });
  return new Client({
    url,
    fetchOptions: { headers: { 'graphql-preflight': '1' } },
    exchanges: [persisted, fetchExchange],
  });
}
// #endregion
