import { encodeCursor } from '../rows/page/cursor-and-node-id.ts';
import type { Builder } from './builder.ts';
import type { Connection } from './collection.ts';

/** Adds the type `PageInfo` to a schema. */
export function addPageInfo(builder: Builder) {
  return builder.objectRef<Connection>('PageInfo').implement({
    description: 'Where a page stands in its collection.',
    fields: (t) => ({
      endCursor: t.field({ type: 'String', resolve: (connection) => cursorAt(connection, -1) }),
      hasNextPage: t.boolean({ nullable: false, resolve: ({ page }) => page.hasNextPage }),
      hasPreviousPage: t.boolean({ nullable: false, resolve: ({ page }) => page.hasPreviousPage }),
      startCursor: t.field({ type: 'String', resolve: (connection) => cursorAt(connection, 0) }),
    }),
  });
}

/** The type `PageInfo`. */
export type PageInfoRef = ReturnType<typeof addPageInfo>;

function cursorAt({ view, order, page }: Connection, index: number): string | null {
  const row = page.rows.at(index);
  return row === undefined ? null : encodeCursor(view, order, row);
}
