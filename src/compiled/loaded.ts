import type { GraphQLSchema } from 'graphql';
import type { RequestScope } from '../graphql/request-scope.ts';
import type { Answer } from './answer.ts';
import type { ReadyBytes } from './ready-bytes.ts';

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
 * The loaded values of a field for several parents.
 *
 * Operations run in two steps: first everything is loaded, level by level, for all parents of a level together; then the answer
 * is written from beginning to end.
 */
export interface Loaded {
  /** Writes the value for the parent with this number. Returns a promise only if it has to pause. */
  write(answer: Answer, parent: number): Promise<void> | undefined;
}

/** A field of an object, with the bytes before its value: a brace or comma, its name, a colon. */
export interface Keyed<T> {
  readonly key: ReadyBytes;
  readonly value: T;
}
