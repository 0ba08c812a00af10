import { expect, test, vi } from 'vitest';
import { VerifiedTokens } from '../../src/auth/verified-tokens.ts';
import { isTurnSpent } from '../../src/columns/turn.ts';

const start = 1_700_000_000;

function setUp(claims: Record<string, unknown> = {}) {
  let seconds = 0;
  const verify = vi.fn(async (token: string) => {
    if (token === 'forged') throw new Error('forged');
    return { sub: token, ...claims };
  });
  const clock = { now: () => 1000 * (start + seconds), monotonic: () => 1000 * seconds };
  const tokens = new VerifiedTokens(verify, { clock, clockToleranceSeconds: 5 });
  return {
    verify,
    tokens,
    ask: (token: string) => tokens.verify(token),
    wait: (more: number) => {
      seconds += more;
    },
  };
}

test('a token is verified once, and another for itself', async () => {
  const { verify, ask } = setUp();
  expect([await ask('a'), await ask('a'), await ask('b')]).toEqual([
    { sub: 'a' },
    { sub: 'a' },
    { sub: 'b' },
  ]);
  expect(verify).toHaveBeenCalledTimes(2);
});

test('those that are kept are counted, in bytes that grow with the tokens', async () => {
  const { tokens, ask } = setUp();
  expect(tokens.size).toEqual({ entries: 0, bytes: 0 });
  await ask('a');
  await ask('a');
  await ask('b'.repeat(1_000));
  await expect(ask('forged')).rejects.toThrow('forged');
  expect(tokens.size.entries).toBe(2);
  expect(tokens.size.bytes).toBeGreaterThan(1_000);
});

test('it is verified again after a minute, in case its key has been revoked', async () => {
  const { verify, ask, wait } = setUp();
  await ask('a');
  wait(59);
  await ask('a');
  expect(verify).toHaveBeenCalledTimes(1);
  wait(1);
  await ask('a');
  expect(verify).toHaveBeenCalledTimes(2);
});

test('it is not believed longer than it is valid', async () => {
  const { verify, ask, wait } = setUp({ exp: start + 10 });
  await ask('a');
  wait(14);
  await ask('a');
  expect(verify).toHaveBeenCalledTimes(1);
  wait(1);
  await ask('a');
  expect(verify).toHaveBeenCalledTimes(2);
});

test('a token that is refused is verified each time', async () => {
  const { verify, ask } = setUp();
  await expect(ask('forged')).rejects.toThrow('forged');
  await expect(ask('forged')).rejects.toThrow('forged');
  expect(verify).toHaveBeenCalledTimes(2);
});

test('one whose expiry is no number JavaScript has is verified each time', async () => {
  const { verify, ask } = setUp({ exp: '9007199254740993' });
  await ask('a');
  await ask('a');
  expect(verify).toHaveBeenCalledTimes(2);
});

test('a new token waits for its turn, and one that is verified again does not', async () => {
  const { verify, ask, wait } = setUp();
  await ask('known');
  wait(61);
  while (!isTurnSpent());
  const asked = [ask('new'), ask('known')];
  expect(verify.mock.calls).toEqual([['known'], ['known']]);
  await Promise.all(asked);
  expect(verify.mock.calls).toEqual([['known'], ['known'], ['new']]);
});
