import type { SourceSetting } from '../kind.ts';
import { parallelScans } from './options.ts';

/** The settings of all user pools, unless a server's own options override them. */
export interface CognitoSettings {
  /** The number of chains of a scan. */
  readonly parallelScan: number;
  /** Requests per second to AWS, per credentials and Region. */
  readonly requestsPerSecond: number;
}

/** The flags of these settings. */
export const cognitoSettings: Readonly<Record<keyof CognitoSettings, SourceSetting>> = {
  parallelScan: {
    flag: '--parallel-scan',
    argument: 'chains',
    description: 'how many chains to split the scan of a user pool into: a power of 2 up to 256',
    default: 1,
    rule: `one of ${parallelScans.join(', ')}`,
    accepts: (value) => parallelScans.includes(value),
  },
  requestsPerSecond: {
    flag: '--requests-per-second',
    argument: 'number',
    // https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
    description: "how many requests to send to AWS; Cognito's quota is 30",
    default: 25,
    rule: 'a whole number from 1 to 1000',
    accepts: (value) => Number.isInteger(value) && value >= 1 && value <= 1000,
  },
};
