import { expect, test } from 'vitest';
import { FewAtOnce } from '../../src/http/few-at-once.ts';

test('there are so many permits, and one that is given back goes to who has waited longest', async () => {
  const few = new FewAtOnce(2);
  const served: number[] = [];
  const take = async (name: number) => {
    const permit = await few.take();
    served.push(name);
    return permit;
  };
  const first = await take(1);
  const others = [take(2), take(3), take(4)];
  const second = await others[0];
  expect(served).toEqual([1, 2]);
  first.giveBack();
  first.giveBack();
  await others[1];
  expect(served).toEqual([1, 2, 3]);
  second?.giveBack();
  await others[2];
  expect(served).toEqual([1, 2, 3, 4]);
});

test('heavy work waits until there is room for all of it, and what comes later waits behind it', async () => {
  const few = new FewAtOnce(10);
  const served: string[] = [];
  const take = async (name: string, weight: number) => {
    const permit = await few.take(weight);
    served.push(name);
    return permit;
  };
  const first = await take('first', 4);
  const second = await take('second', 4);
  const others = [take('heavy', 8), take('light', 1), take('heavier than everything', 99)];
  first.giveBack();
  await Promise.resolve();
  expect(served).toEqual(['first', 'second']);
  second.giveBack();
  const heavy = await others[0];
  const light = await others[1];
  expect(served).toEqual(['first', 'second', 'heavy', 'light']);
  heavy?.giveBack();
  await Promise.resolve();
  expect(served).toHaveLength(4);
  light?.giveBack();
  await others[2];
  expect(served).toEqual(['first', 'second', 'heavy', 'light', 'heavier than everything']);
});

test('work that comes while too much waits is rejected', async () => {
  const few = new FewAtOnce(1, 2);
  const first = await few.take();
  const waiting = [few.take(), few.take()];
  expect(() => few.take()).toThrow('too many large requests at once (2 wait); retry shortly');
  first.giveBack();
  await waiting[0];
  expect(few.take()).toBeInstanceOf(Promise);
});
