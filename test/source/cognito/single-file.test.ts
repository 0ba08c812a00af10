import { expect, test } from 'vitest';
import { SingleFile } from '../../../src/source/cognito/single-file.ts';

test('one is let in when the one before has left', async () => {
  const file = new SingleFile();
  const entered: string[] = [];
  const enter = async (name: string) => {
    const leave = await file.enter();
    entered.push(name);
    return leave;
  };
  const [first, second, third] = [enter('first'), enter('second'), enter('third')];
  const leaveFirst = await first;
  await new Promise(setImmediate);
  expect(entered).toEqual(['first']);
  leaveFirst();
  (await second)();
  (await third)();
  expect(entered).toEqual(['first', 'second', 'third']);
});
