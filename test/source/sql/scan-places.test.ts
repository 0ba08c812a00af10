import { expect, test } from 'vitest';
import { type ScanPlace, ScanPlaces } from '../../../src/source/sql/scan-places.ts';

const never = new AbortController().signal;

interface Asked {
  outcome: 'waits' | 'taken' | 'refused';
  place: ScanPlace | undefined;
}

/** Asks for a place, and tells what has come of it. */
function ask(places: ScanPlaces, { signal = never, hasFailed = false } = {}): Asked {
  const asked: Asked = { outcome: 'waits', place: undefined };
  places.take(signal, hasFailed).then(
    (place) => Object.assign(asked, { outcome: 'taken', place }),
    () => Object.assign(asked, { outcome: 'refused' }),
  );
  return asked;
}

/** The outcomes after all that can be done at once has been. */
async function outcomesOf(asked: readonly Asked[]): Promise<readonly string[]> {
  await new Promise(setImmediate);
  return asked.map(({ outcome }) => outcome);
}

test('all places can be taken, and the next ones are given in the order of their requests', async () => {
  const places = new ScanPlaces(2);
  const asked = [1, 2, 3, 4].map(() => ask(places));
  expect(await outcomesOf(asked)).toEqual(['taken', 'taken', 'waits', 'waits']);
  expect(places.usage).toEqual({ limit: 2, taken: 2, waiting: 2 });
  asked[1]?.place?.leave();
  expect(await outcomesOf(asked)).toEqual(['taken', 'taken', 'taken', 'waits']);
});

test('a place that is left twice is free once', async () => {
  const places = new ScanPlaces(2);
  const [first] = [await places.take(never, false), await places.take(never, false)];
  first?.leave();
  first?.leave();
  expect(await outcomesOf([ask(places), ask(places)])).toEqual(['taken', 'waits']);
});

test('who gives up while waiting takes no place from anybody', async () => {
  const places = new ScanPlaces(2);
  const [first] = [await places.take(never, false), await places.take(never, false)];
  const impatient = new AbortController();
  const asked = [ask(places, { signal: impatient.signal }), ask(places)];
  impatient.abort(new Error('gone'));
  expect(await outcomesOf(asked)).toEqual(['refused', 'waits']);
  first?.leave();
  expect(await outcomesOf(asked)).toEqual(['refused', 'taken']);
  await expect(places.take(impatient.signal, false)).rejects.toThrow('gone');
});

test('tables whose scans fail come last, and leave one place to the others', async () => {
  const places = new ScanPlaces(3);
  const failed = [1, 2, 3].map(() => ask(places, { hasFailed: true }));
  expect(await outcomesOf(failed)).toEqual(['taken', 'taken', 'waits']);
  const sound = [ask(places), ask(places)];
  expect(await outcomesOf([...failed, ...sound])).toEqual(['taken', 'taken', 'waits', 'taken', 'waits']);
  sound[0]?.place?.leave();
  expect(await outcomesOf([...failed, ...sound])).toEqual(['taken', 'taken', 'waits', 'taken', 'taken']);
  sound[1]?.place?.leave();
  failed[0]?.place?.leave();
  expect(await outcomesOf(failed)).toEqual(['taken', 'taken', 'taken']);
});

test('scans that hang should give up once all hang and another table waits, but for those that failed before', async () => {
  const places = new ScanPlaces(2, { hangsAfterMs: 0 });
  const [failed, sound] = [await places.take(never, true), await places.take(never, false)];
  ask(places, { hasFailed: true });
  expect(sound.isBlocking).toBe(false);
  ask(places);
  expect([failed.isBlocking, sound.isBlocking]).toEqual([false, true]);
});

test('a scan that has received rows recently does not hang, and so the others do not give up', async () => {
  const places = new ScanPlaces(2, { hangsAfterMs: 60_000 });
  const taken = [await places.take(never, false), await places.take(never, false)];
  ask(places);
  expect(taken.map(({ isBlocking }) => isBlocking)).toEqual([false, false]);
});
