import type { GraphQLSchema } from 'graphql';
import type { RequestScope } from '../graphql/request-scope.ts';
import type { Answer } from './answer.ts';

/** One run of a compiled operation. */
export interface Run {
  readonly scope: RequestScope;
  readonly schema: GraphQLSchema;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The arguments of a field, coerced. */
export type ArgumentsOf = (run: Pick<Run, 'variables'>) => Readonly<Record<string, unknown>>;

/**
 * What was found for a field of some parents, ready to be written for each of them.
 *
 * Operations run in two steps: first everything is found, level by level, for all parents of a level together; then
 * the answer is written from its beginning to its end.
 */
export interface Loaded {
  /** Writes what belongs to the parent of that number. Nothing is returned where it took next to no time. */
  write(answer: Answer, parent: number): Promise<void> | undefined;
}

/** A field of an object, with the bytes that come before its value: a brace or comma, its name, a colon. */
export interface Keyed<T> {
  readonly key: Uint8Array;
  readonly value: T;
}
