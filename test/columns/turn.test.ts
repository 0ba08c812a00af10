import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Pace } from '../../src/columns/pace.ts';
import { isTurnSpent, nextLoopTurn, nextTurn } from '../../src/columns/turn.ts';

/** Works until other work would have to wait. */
function spendTurn(): void {
  while (!isTurnSpent());
}

/** Work of a whole turn each, and the order in which it is done. */
function recordWork() {
  const order: string[] = [];
  const work = (what: string) => () => {
    order.push(what);
    spendTurn();
  };
  return { order, work };
}

test('a turn is spent by all work that is done in it together', async () => {
  await turnOfTheLoop();
  expect(isTurnSpent()).toBe(false);
  spendTurn();
  expect(isTurnSpent()).toBe(true);
  expect(new Pace({ sliceMs: 60_000 }).due).toBe(true);
  await nextTurn();
  expect(isTurnSpent()).toBe(false);
});

test('a turn without work yet has all of its time left', async () => {
  await turnOfTheLoop();
  spendTurn();
  await turnOfTheLoop();
  await turnOfTheLoop();
  expect(isTurnSpent()).toBe(false);
});

test('long steps of requests and paced loops alternate, so that none waits for all of the others', async () => {
  const { order, work } = recordWork();
  const loops = Array.from({ length: 5 }, () => nextLoopTurn(1).then(work('loop')));
  const steps = Array.from({ length: 2 }, () => nextTurn().then(work('step')));
  await Promise.all([...loops, ...steps]);
  expect(order.slice(0, 4).toSorted()).toEqual(['loop', 'loop', 'step', 'step']);
});

test('a loop that has run for a short time does not wait for all that have run for long', async () => {
  const { order, work } = recordWork();
  const long = Array.from({ length: 5 }, () => nextLoopTurn(1_000).then(work('long')));
  await Promise.all([...long, nextLoopTurn(1).then(work('short'))]);
  expect(order.indexOf('short')).toBeLessThan(2);
  expect(order).toHaveLength(6);
});

test('short steps share a turn of the event loop', async () => {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(Array.from({ length: 200 }, () => nextTurn()));
  isOver = true;
  expect(turns).toBeLessThan(100);
});
