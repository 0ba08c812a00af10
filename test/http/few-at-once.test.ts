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
