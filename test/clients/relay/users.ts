import { graphql } from 'relay-runtime';

// #region documents
export const usersQuery = graphql`
  query usersQuery($first: Int!) {
    ...usersPage_query @arguments(first: $first)
  }
`;

export const usersPage = graphql`
  fragment usersPage_query on Query
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "Cursor" })
  @refetchable(queryName: "usersPageQuery") {
    cognitoUserCollection(first: $first, after: $after, orderBy: [{ created_at: DescNullsLast }])
      @connection(key: "usersPage_cognitoUserCollection") {
      edges {
        node {
          ...users_user
        }
      }
      pageInfo {
        endCursor
      }
    }
  }
`;

export const user = graphql`
  fragment users_user on CognitoUser @refetchable(queryName: "usersUserQuery") {
    username
    email
  }
`;
// #endregion
