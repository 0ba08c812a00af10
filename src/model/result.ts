import type { Problem } from './model.ts';

/** The result of something that can fail in a way that its caller handles. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** A result that is a value. */
export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** A result that is an error. */
export function failure<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** Something built from a catalog, with the problems of what could not be built. */
export interface Built<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

/** What was built, with its problems. */
export function built<T>(value: T, ...problems: readonly Problem[]): Built<T> {
  return { value, problems };
}

/** Combines built parts into one. */
export function all<T>(parts: readonly Built<T>[]): Built<readonly T[]> {
  return { value: parts.map(({ value }) => value), problems: parts.flatMap(({ problems }) => problems) };
}

/** The most problems of one kind that are reported of an object. */
const mostProblems = 10;

/** The first of an object's problems, and how many more there are: whatever a comment holds, they can be read. */
export function firstOf(object: string, problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= mostProblems) return problems;
  const more = problems.length - mostProblems;
  return [
    ...problems.slice(0, mostProblems),
    {
      object,
      reason: `it has ${more} more ${more === 1 ? 'problem' : 'problems'}`,
      hint: 'correct the others first',
    },
  ];
}

/** Drops the parts that could not be built. */
export function existing<T>({ value, problems }: Built<readonly (T | undefined)[]>): Built<readonly T[]> {
  return { value: value.filter((part) => part !== undefined), problems };
}
