import SchemaBuilder from '@pothos/core';
import type { RequestScope } from './request-scope.ts';

/** The context that resolvers get with every request. */
export interface RequestContext {
  readonly scope: RequestScope;
  readonly answer: AnswerSize;
}

/** The size of an answer so far. */
export interface AnswerSize {
  /**
   * Counts values that become part of it.
   *
   * @param bytes their approximate size as JSON
   * @throws GatewayError if the answer grows too large, which ends the request
   */
  build(bytes: number): void;
}

/** The types that Pothos needs to know of this schema. */
export interface SchemaTypes {
  readonly Context: RequestContext;
  readonly Scalars: {
    // The query engine returns values in their JSON form, and the scalars pass them on.
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
    /** Only in a subgraph: see `entities.ts`. */
    readonly _Any: { readonly Input: unknown; readonly Output: unknown };
  };
}

/** An empty builder. */
export function createBuilder() {
  return new SchemaBuilder<SchemaTypes>({});
}

/** A builder of one schema. */
export type Builder = ReturnType<typeof createBuilder>;
