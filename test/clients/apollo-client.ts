// #region client
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

export function createApolloClient(uri: string): ApolloClient {
  return new ApolloClient({
    link: new HttpLink({ uri }),
    cache: new InMemoryCache({
      // Rows are known by their nodeId, whatever their type.
      dataIdFromObject: ({ nodeId }) => (typeof nodeId === 'string' ? nodeId : undefined),
      typePolicies: {
        Query: { fields: { cognitoUserCollection: relayStylePagination(['filter', 'orderBy']) } },
      },
    }),
  });
}
// #endregion
