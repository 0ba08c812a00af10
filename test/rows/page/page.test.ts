import { describe, expect, it } from 'vitest';
import { pageOf } from '../../../src/rows/page/page.ts';

describe('a page', () => {
  const cases = [
    { rows: 'some', earlier: false, later: false, forward: [false, false], backward: [false, false] },
    { rows: 'some', earlier: false, later: true, forward: [true, false], backward: [false, true] },
    { rows: 'some', earlier: true, later: false, forward: [false, true], backward: [true, false] },
    { rows: 'some', earlier: true, later: true, forward: [true, true], backward: [true, true] },
    { rows: 'no', earlier: false, later: true, forward: [true, false], backward: [false, true] },
    { rows: 'no', earlier: true, later: false, forward: [false, false], backward: [false, false] },
    { rows: 'no', earlier: true, later: true, forward: [true, false], backward: [false, true] },
  ];

  it.each(cases)('of $rows rows has a next and a previous one (earlier $earlier, later $later)', (given) => {
    const found = {
      rows: given.rows === 'no' ? [] : [4, 5],
      hasEarlier: given.earlier,
      hasLater: given.later,
      totalCount: undefined,
    };
    const flags = [false, true].map((backward) => {
      const { hasNextPage, hasPreviousPage } = pageOf(found, backward);
      return [hasNextPage, hasPreviousPage];
    });
    expect(flags).toEqual([given.forward, given.backward]);
  });

  it('that is read backward has its rows in the requested order', () => {
    const found = { rows: [9, 8, 7], hasEarlier: false, hasLater: false, totalCount: 3 };
    expect(pageOf(found, true)).toMatchObject({ rows: [7, 8, 9], totalCount: 3 });
    expect(pageOf(found, false)).toMatchObject({ rows: [9, 8, 7], totalCount: 3 });
  });
});
