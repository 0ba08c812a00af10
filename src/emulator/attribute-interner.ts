import type { UserAttribute } from './user.ts';

/** Gives one object to all users who have the same value, which saves most of a large population's memory. */
export class AttributeInterner {
  readonly #byName = new Map<string, Map<string, UserAttribute>>();

  get(name: string, value: string): UserAttribute {
    let byValue = this.#byName.get(name);
    if (!byValue) {
      byValue = new Map();
      this.#byName.set(name, byValue);
    }
    let attribute = byValue.get(value);
    if (!attribute) {
      attribute = { Name: name, Value: value };
      byValue.set(value, attribute);
    }
    return attribute;
  }
}
