/** A snapshot file cannot be used. The message is worded to follow "the snapshot file". */
export class UnusableFile extends Error {}

/** The content of a file is invalid: it is damaged, or was read with the wrong key. */
export class DamagedContent extends Error {}
