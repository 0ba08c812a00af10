import { expect, test } from 'vitest';
import { ScanPlaces } from '../../../src/source/sql/scan-places.ts';

const never = new AbortController().signal;

/** Asks for a place, and tells what has come of it. */
function ask(
  places: ScanPlaces,
  { signal = never, hasFailed = false } = {},
): { outcome: 'waits' | 'taken' | 'refused'; leave(): void } {
  const asked: ReturnType<typeof ask> = { outcome: 'waits', leave: () => {} };
  places.take(signal, hasFailed).then(
    (leave) => Object.assign(asked, { outcome: 'taken', leave }),
    () => Object.assign(asked, { outcome: 'refused' }),
  );
  return asked;
}

/** The outcomes after all that can be done at once has been. */
async function outcomesOf(asked: readonly { readonly outcome: string }[]): Promise<readonly string[]> {
  await new Promise(setImmediate);
  return asked.map(({ outcome }) => outcome);
}

test('as many places are taken as there are, and the next in the order in which they were asked for', async () => {
  const places = new ScanPlaces(2);
  const asked = [1, 2, 3, 4].map(() => ask(places));
  expect(await outcomesOf(asked)).toEqual(['taken', 'taken', 'waits', 'waits']);
  expect(places.usage).toEqual({ limit: 2, taken: 2, waiting: 2 });
  asked[1]?.leave();
  expect(await outcomesOf(asked)).toEqual(['taken', 'taken', 'taken', 'waits']);
});

test('a place that is left twice is free once', async () => {
  const places = new ScanPlaces(1);
  const leave = await places.take(never, false);
  leave();
  leave();
  expect(await outcomesOf([ask(places), ask(places)])).toEqual(['taken', 'waits']);
});

test('who gives up while waiting takes no place from anybody', async () => {
  const places = new ScanPlaces(1);
  const leave = await places.take(never, false);
  const impatient = new AbortController();
  const asked = [ask(places, { signal: impatient.signal }), ask(places)];
  impatient.abort(new Error('gone'));
  expect(await outcomesOf(asked)).toEqual(['refused', 'waits']);
  leave();
  expect(await outcomesOf(asked)).toEqual(['refused', 'taken']);
  await expect(places.take(impatient.signal, false)).rejects.toThrow('gone');
});

test('tables whose scans fail come last, and leave one place to the others', async () => {
  const places = new ScanPlaces(3);
  const failed = [1, 2, 3].map(() => ask(places, { hasFailed: true }));
  expect(await outcomesOf(failed)).toEqual(['taken', 'taken', 'waits']);
  const sound = [ask(places), ask(places)];
  expect(await outcomesOf([...failed, ...sound])).toEqual(['taken', 'taken', 'waits', 'taken', 'waits']);
  sound[0]?.leave();
  expect(await outcomesOf([...failed, ...sound])).toEqual(['taken', 'taken', 'waits', 'taken', 'taken']);
  sound[1]?.leave();
  failed[0]?.leave();
  expect(await outcomesOf(failed)).toEqual(['taken', 'taken', 'taken']);
});

test('where there is one place, tables whose scans fail have it when nobody else waits', async () => {
  const places = new ScanPlaces(1);
  const first = ask(places, { hasFailed: true });
  const others = [ask(places, { hasFailed: true }), ask(places)];
  expect(await outcomesOf([first, ...others])).toEqual(['taken', 'waits', 'waits']);
  first.leave();
  expect(await outcomesOf(others)).toEqual(['waits', 'taken']);
  others[1]?.leave();
  expect(await outcomesOf(others)).toEqual(['taken', 'taken']);
});
