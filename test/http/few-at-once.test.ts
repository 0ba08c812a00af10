import { expect, test } from 'vitest';
import { FewAtOnce } from '../../src/http/few-at-once.ts';

test('so many enter at once, and the next when one of them leaves, in their order', async () => {
  const few = new FewAtOnce(2);
  const entered: number[] = [];
  const enter = async (name: number) => {
    const turn = await few.enter();
    entered.push(name);
    return turn;
  };
  const first = await enter(1);
  const others = [enter(2), enter(3), enter(4)];
  const second = await others[0];
  expect(entered).toEqual([1, 2]);
  first.end();
  first.end();
  await others[1];
  expect(entered).toEqual([1, 2, 3]);
  second?.end();
  await others[2];
  expect(entered).toEqual([1, 2, 3, 4]);
});
