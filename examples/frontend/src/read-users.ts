import {
  type EndsFragment,
  type SignUpFragment,
  type UserFragment,
  UsersPageDocument,
  VisitorsPageDocument,
} from './generated/graphql.ts';
import { type Answer, type AnswerError, ask } from './graphql-client.ts';
import { forVisitors, toVariables, type UserSearch } from './user-search.ts';

/** A page of users, with the fields that the caller may read. */
export interface UsersPage {
  readonly totalCount: number;
  readonly pageInfo: EndsFragment;
  readonly users: readonly ShownUser[];
  /** Whether the caller may only read when users signed up. */
  readonly isAnonymous: boolean;
}

/** A user. Fields that the caller may not read are missing. */
export type ShownUser = SignUpFragment & Partial<UserFragment>;

/** The outcome of a search. */
export interface UsersAnswer {
  readonly page: UsersPage | undefined;
  readonly error: AnswerError | undefined;
  /** The age of the data in seconds. */
  readonly age: number | undefined;
}

/**
 * Queries a page of users. For a role, fields that it may not read do not exist, so if the document is invalid for the
 * caller, the one for visitors is sent.
 *
 * @throws Error if there is no answer
 */
export async function readUsers(search: UserSearch, signal: AbortSignal): Promise<UsersAnswer> {
  const users = await ask(UsersPageDocument, toVariables(search), signal);
  if (users.errors[0]?.extensions.code !== 'GRAPHQL_VALIDATION_FAILED') return toAnswer(users, false);
  const signUps = await ask(VisitorsPageDocument, toVariables(forVisitors(search)), signal);
  return toAnswer(signUps, true);
}

interface Collection {
  readonly totalCount: number;
  readonly pageInfo: EndsFragment;
  readonly edges: readonly { readonly node: ShownUser }[];
}

function toAnswer(
  // A root field that fails is null, although its type is non-null.
  { data, errors: [error], age }: Answer<{ readonly cognitoUserCollection: Collection | null }>,
  isAnonymous: boolean,
): UsersAnswer {
  const collection = data?.cognitoUserCollection;
  const page = collection && {
    totalCount: collection.totalCount,
    pageInfo: collection.pageInfo,
    users: collection.edges.map(({ node }) => node),
    isAnonymous,
  };
  return { page: page ?? undefined, error, age };
}
