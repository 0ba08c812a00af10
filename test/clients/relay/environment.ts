// #region environment
import { Environment, Network, RecordSource, Store } from 'relay-runtime';

export function createRelayEnvironment(url: string): Environment {
  return new Environment({
    network: Network.create(async ({ text }, variables) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: text, variables }),
      });
      return response.json();
    }),
    store: new Store(new RecordSource()),
    // Rows are known by their nodeId, whatever their type.
    getDataID: (row) => row.nodeId,
  });
}
// #endregion
