import { BREAK, type DocumentNode, visit } from 'graphql';
import { schemaFields } from '../limits/validation.ts';

const known = new WeakMap<DocumentNode, boolean>();

/** Whether a document asks for the schema itself. */
export function introspects(document: DocumentNode): boolean {
  const remembered = known.get(document);
  if (remembered !== undefined) return remembered;
  let found = false;
  visit(document, {
    Field({ name }) {
      found = schemaFields.has(name.value);
      return found ? BREAK : undefined;
    },
  });
  known.set(document, found);
  return found;
}
