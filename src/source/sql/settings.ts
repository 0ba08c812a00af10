import type { SourceSetting } from '../kind.ts';

/** The settings of all tables that Postgres reads. */
export interface SqlSettings {
  /** Tables that are scanned at the same time, over a connection each. */
  readonly scanConnections: number;
}

/** The flags of these settings. */
export const sqlSettings: Readonly<Record<keyof SqlSettings, SourceSetting>> = {
  scanConnections: {
    flag: '--scan-connections',
    argument: 'number',
    description:
      'how many foreign tables to scan through Postgres at the same time, over one connection each',
    default: 4,
    rule: 'a whole number from 2 to 100',
    accepts: (value) => Number.isInteger(value) && value >= 2 && value <= 100,
  },
};
