import type { InterpretedReason } from '../observation.ts';

/** How many operations were answered by compiled code or from a cache, and how many were interpreted, by reason. */
export interface Runs {
  compiled: number;
  readonly interpreted: Record<InterpretedReason, number>;
}

/** Nothing has run yet. */
export function newRuns(): Runs {
  return { compiled: 0, interpreted: countReasons(() => 0) };
}

/** A number for each reason. */
export function countReasons(count: (reason: InterpretedReason) => number): Runs['interpreted'] {
  return {
    rare: count('rare'),
    introspection: count('introspection'),
    'too-large': count('too-large'),
    unsupported: count('unsupported'),
    error: count('error'),
    failed: count('failed'),
  };
}
