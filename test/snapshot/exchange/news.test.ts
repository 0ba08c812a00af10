import { expect, test } from 'vitest';
import { MemoryPlace } from '../../../src/snapshot/exchange/memory-place.ts';
import { News } from '../../../src/snapshot/exchange/news.ts';
import { FakeClock } from '../fake-clock.ts';

const pollMs = 2_000;

function listen() {
  const clock = new FakeClock();
  const place = new MemoryPlace(clock);
  const ended = new AbortController();
  const news = new News({ place, clock, pollMs }, ended.signal);
  const tell = () => place.release('any', { holder: 'nobody', incarnation: 'none', epoch: 0 });
  return { clock, ended, news, tell };
}

test('a notification that nothing waits for ends the next wait, once', async () => {
  const { clock, news, tell } = listen();
  await tell();
  await tell();
  await news.next();
  let isOver = false;
  const next = news.next().then(() => {
    isOver = true;
  });
  await clock.advance(pollMs / 2);
  expect(isOver).toBe(false);
  await tell();
  await next;
});

test('without a notification, a look is due within the poll interval', async () => {
  const { clock, news } = listen();
  const next = news.next();
  await clock.advance(pollMs);
  await next;
});

test('stopping to listen ends the wait, and leaves nothing behind', async () => {
  const { clock, ended, news } = listen();
  const next = news.next();
  ended.abort(new Error('closed'));
  await expect(next).rejects.toThrow('closed');
  expect(clock.sleepers).toBe(0);
});
