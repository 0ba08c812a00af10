/** The numbers that stand for the encodings of columns in a file. */
export const columnTags = { booleans: 1, ranked: 2, numbers: 3, arena: 4, uuids: 5, nullable: 6 } as const;

/** What stands in a file for a slot without a column. */
export const noColumn = 0xffffffff;
