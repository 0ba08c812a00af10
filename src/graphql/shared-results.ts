import type { GraphQLResolveInfo } from 'graphql';

/**
 * The results of a field whose value depends on less than its parent: thousands of parents may refer to the same rows. An
 * executor resolves the field once for each parent, with one list of nodes for all parents at a place of the document.
 */
export class SharedResults<T extends object> {
  readonly #byPlace = new WeakMap<GraphQLResolveInfo['fieldNodes'], WeakMap<object, T>>();

  /**
   * The field's result, made once for each place in an operation and each subject.
   *
   * @param subject what the result depends on besides the field's arguments and selection. Compared by identity
   */
  of({ fieldNodes }: GraphQLResolveInfo, subject: object, make: () => T): T {
    const results = this.#byPlace.get(fieldNodes) ?? new WeakMap<object, T>();
    this.#byPlace.set(fieldNodes, results);
    const known = results.get(subject);
    if (known) return known;
    const made = make();
    results.set(subject, made);
    return made;
  }
}
