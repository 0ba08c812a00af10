import type { RoleView } from '../admin/role-views.ts';
import type { Finding } from '../source/finding.ts';

/** The findings about one thing, such as a server. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** What each role sees of one table. */
export interface TableView {
  readonly table: string;
  readonly columns: number;
  readonly roles: readonly RoleView[];
}

/** Everything that was found out. */
export interface Examination {
  readonly sections: readonly Section[];
  readonly views: readonly TableView[];
}

/** Whether nothing has failed. */
export function isHealthy({ sections }: Pick<Examination, 'sections'>): boolean {
  return sections.every(({ findings }) => findings.every(({ status }) => status !== 'fail'));
}
