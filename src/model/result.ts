import type { Problem } from './model.ts';

/** What came of something that can fail for a reason that its caller deals with. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function failure<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** Something built from a catalog as far as that was possible, and what was not. */
export interface Built<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

export function built<T>(value: T, ...problems: readonly Problem[]): Built<T> {
  return { value, problems };
}

/** Many built things as one. */
export function all<T>(parts: readonly Built<T>[]): Built<readonly T[]> {
  return { value: parts.map(({ value }) => value), problems: parts.flatMap(({ problems }) => problems) };
}

/** What there is of things of which some could not be built. */
export function existing<T>({ value, problems }: Built<readonly (T | undefined)[]>): Built<readonly T[]> {
  return { value: value.filter((part) => part !== undefined), problems };
}
