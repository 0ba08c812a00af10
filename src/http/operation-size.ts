import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from '../limits/overlap.ts';

/** The size of an operation, in fields and fragments. */
export interface OperationSize {
  /** With fragments counted wherever they are spread. */
  readonly fields: number;
  /** With fragments counted once. */
  readonly written: number;
}

/** Measures the operations of a valid document. Each fragment is measured once. */
export function createMeasure(document: DocumentNode): (set: SelectionSetNode) => OperationSize {
  const fragments = fragmentsOf(document);
  const measured = new Map<string, OperationSize>();
  const counted = new Set<string>();
  const ofFragment = (name: string): OperationSize => {
    const fragment = fragments.get(name);
    const size = measured.get(name) ?? (fragment ? ofSet(fragment.selectionSet) : { fields: 0, written: 0 });
    measured.set(name, size);
    return size;
  };
  const ofSet = ({ selections }: SelectionSetNode): OperationSize => {
    let fields = 0;
    let written = 0;
    for (const selection of selections) {
      fields++;
      written++;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const name = selection.name.value;
        const below = ofFragment(name);
        fields += below.fields;
        if (!counted.has(name)) written += below.written;
        counted.add(name);
      } else if (selection.selectionSet) {
        const below = ofSet(selection.selectionSet);
        fields += below.fields;
        written += below.written;
      }
    }
    return { fields, written };
  };
  return (set) => {
    counted.clear();
    return ofSet(set);
  };
}
