import type { RoleView } from '../admin/role-views.ts';
import type { Finding } from '../source/finding.ts';
import { counted } from '../wording.ts';
import { type Examination, isHealthy, type TableView } from './examination.ts';

const marks: Readonly<Record<Finding['status'], string>> = { ok: '✓', warn: '!', fail: '✗' };

/** The examination as a checklist for people. */
export function renderReport(examination: Examination): string {
  const sections = examination.sections.map(({ title, findings }) =>
    [title, ...findings.map(renderFinding)].join('\n'),
  );
  return `${[...sections, renderViews(examination.views), renderVerdict(examination)].join('\n\n')}\n`;
}

function renderFinding({ check, status, detail, fix }: Finding): string {
  const line = `  ${marks[status]} ${check}: ${detail}`;
  return fix === undefined ? line : `${line}\n${indent(fix, 6)}`;
}

function renderViews(views: readonly TableView[]): string {
  const rows = views.flatMap(({ table, columns, roles }) =>
    roles.length === 0
      ? [[table, 'nobody', '', '']]
      : roles.map(({ role, columns: visible, rows: seen }) => [
          table,
          role,
          visible === columns ? 'all' : `${visible} of ${columns}`,
          seenRows[seen],
        ]),
  );
  if (rows.length === 0) return 'Who sees what\n  no table is exposed';
  const table = [['table', 'role', 'columns', 'rows'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `Who sees what\n${indent(lines.join('\n'), 2)}`;
}

const seenRows: Readonly<Record<RoleView['rows'], string>> = {
  all: 'all',
  none: 'none: the table has policies, and none is for this role',
  filtered: 'those of its policy',
};

function renderVerdict(examination: Examination): string {
  const statuses = examination.sections.flatMap(({ findings }) => findings.map(({ status }) => status));
  const count = (status: Finding['status']) => statuses.filter((other) => other === status).length;
  const [fails, warnings] = [count('fail'), count('warn')];
  if (isHealthy(examination)) {
    return warnings === 0
      ? 'Everything is as it should be.'
      : `It works, with ${counted(warnings, 'warning')}.`;
  }
  return `${counted(fails, 'check')} failed, with ${counted(warnings, 'warning')}.`;
}

function indent(text: string, width: number): string {
  return text.replaceAll(/^/gm, ' '.repeat(width));
}
