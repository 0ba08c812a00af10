import SchemaBuilder from '@pothos/core';
import type { RequestScope } from './request-scope.ts';

/** What resolvers get with every request. */
export interface RequestContext {
  readonly scope: RequestScope;
  readonly answer: AnswerSize;
}

/** How much of an answer there is already. */
export interface AnswerSize {
  /**
   * Counts values that become a part of it.
   *
   * @param bytes that they take as JSON, roughly
   * @throws GatewayError where the answer grows too large, which ends the request
   */
  build(bytes: number): void;
}

/** What this schema's resolvers share, in the terms of Pothos. */
export interface SchemaTypes {
  readonly Context: RequestContext;
  readonly Scalars: {
    // The query engine prints values in the form that JSON takes, and the scalars hand them on.
    readonly String: { readonly Input: string; readonly Output: unknown };
    readonly Int: { readonly Input: number; readonly Output: unknown };
    readonly Float: { readonly Input: number; readonly Output: unknown };
    readonly Boolean: { readonly Input: boolean; readonly Output: unknown };
    readonly ID: { readonly Input: string; readonly Output: unknown };
    readonly Cursor: { readonly Input: string; readonly Output: unknown };
    readonly BigInt: { readonly Input: string; readonly Output: unknown };
    readonly BigFloat: { readonly Input: string; readonly Output: unknown };
    readonly UUID: { readonly Input: string; readonly Output: unknown };
    readonly Date: { readonly Input: string; readonly Output: unknown };
    readonly Time: { readonly Input: string; readonly Output: unknown };
    readonly Datetime: { readonly Input: string; readonly Output: unknown };
    readonly JSON: { readonly Input: string; readonly Output: unknown };
    readonly Opaque: { readonly Input: string; readonly Output: unknown };
    /** Of a subgraph only: see `entities.ts`. */
    readonly _Any: { readonly Input: unknown; readonly Output: unknown };
  };
}

/** A builder with nothing in it yet. */
export function createBuilder() {
  return new SchemaBuilder<SchemaTypes>({});
}

/** A builder of one schema. */
export type Builder = ReturnType<typeof createBuilder>;
