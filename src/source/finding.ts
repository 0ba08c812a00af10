/** What a check has found out, in words for whoever runs the gateway. Holds no secret. */
export interface Finding {
  readonly check: string;
  /** `warn` stands for what works and should be different. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to paste where, ready to be used, such as SQL or a policy of IAM. */
  readonly fix?: string | undefined;
}
