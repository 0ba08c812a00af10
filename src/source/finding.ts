/** The result of a check, worded for operators. It contains no secret. */
export interface Finding {
  readonly check: string;
  /** `warn` means that it works but should be changed. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** Something to paste, such as SQL or an IAM policy. */
  readonly fix?: string | undefined;
}
