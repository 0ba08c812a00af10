/**
 * The element that the page has for a selector.
 *
 * @throws Error where the page and the code disagree
 */
export function element<Type extends Element>(selector: string, type: new () => Type): Type {
  const found = document.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} at ${selector}`);
}
