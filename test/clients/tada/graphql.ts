// #region client
import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './generated/introspection.ts';

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { Cursor: string; Datetime: string; JSON: string; UUID: string; BigInt: string; BigFloat: string };
}>();
// #endregion
