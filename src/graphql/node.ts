import type { Builder } from './builder.ts';
import type { RowNode } from './collection.ts';

/** Adds the interface `Node` to a schema. */
export function addNodeInterface(builder: Builder) {
  return builder.interfaceRef<RowNode>('Node').implement({
    description: 'Anything that a nodeId identifies.',
    fields: (t) => ({ nodeId: t.id({ nullable: false }) }),
  });
}

/** The interface `Node`. */
export type NodeRef = ReturnType<typeof addNodeInterface>;
