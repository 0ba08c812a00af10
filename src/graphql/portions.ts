import type { Pace } from '../columns/pace.ts';

/** How many items of a list are returned without a pause. */
const itemsAtOnce = 16;

/**
 * The elements of a list that a resolver returns. Those of a long list come in portions, so that an executor, which
 * completes available values at once, does not block the event loop.
 *
 * @param elementOf makes the element of an item when its portion's turn comes
 */
export function inPortions<Item, Element>(
  items: readonly Item[],
  pace: Pace,
  elementOf: (item: Item, index: number) => Element | Promise<Element>,
): readonly (Element | Promise<Element>)[] {
  // No element would wait for the pause, whose rejection at the end of the request would be unhandled.
  if (items.length === 0) return [];
  // If many lists are returned together, each would find its time slice unused, but together they take too long.
  let portion = pace.due ? pace.pause() : undefined;
  return items.map((item, index) => {
    if (index > 0 && index % itemsAtOnce === 0)
      portion = (portion ?? Promise.resolve()).finally(() => rest(pace));
    if (!portion) return elementOf(item, index);
    const element = portion.then(() => elementOf(item, index));
    // An executor that fails at an earlier element never awaits this one, whose rejection would be unhandled.
    element.catch(ignore);
    return element;
  });
}

async function rest(pace: Pace): Promise<void> {
  if (pace.due) await pace.pause();
}

function ignore(): void {}
