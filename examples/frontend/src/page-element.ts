/**
 * The page's element for a selector.
 *
 * @throws Error if there is none of this type
 */
export function element<Type extends Element>(selector: string, type: new () => Type): Type {
  const found = document.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} at ${selector}`);
}
