/** A snapshot file cannot be used. The message says why, as what follows "the snapshot file". */
export class UnusableFile extends Error {}

/** What a file holds makes no sense: it has been damaged, or opened with the wrong key. */
export class DamagedContent extends Error {}
