import { setImmediate as nextTurn } from 'node:timers/promises';

/** How far a count gets in one turn of the event loop at the most, until it has reached `end`. */
export async function mostInOneTurn(count: () => number, end: number): Promise<number> {
  let most = 0;
  while (count() < end) {
    const before = count();
    await nextTurn();
    most = Math.max(most, count() - before);
  }
  return most;
}
