// #region client
import { GraphQLClient, gql } from 'graphql-request';

export async function countUsers(url: string, token: string): Promise<number> {
  const client = new GraphQLClient(url, { headers: { authorization: `Bearer ${token}` } });
  const { cognitoUserCollection } = await client.request<{ cognitoUserCollection: { totalCount: number } }>(
    gql`
    query CountUsers($filter: CognitoUserFilter) {
      cognitoUserCollection(filter: $filter) { totalCount }
    }
  `,
    { filter: { enabled: { eq: true } } },
  );
  return cognitoUserCollection.totalCount;
}
// #endregion
