import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type DescribedMetric, Metrics } from '../../src/metrics/metrics.ts';

const described = await new Metrics().describe();
const known = new Set(described.flatMap(seriesOf));

test('the dashboard names only metrics and labels that there are', async () => {
  const { panels } = JSON.parse(await readDoc('monitoring/grafana-dashboard.json'));
  const expressions = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  );
  expect(expressions.length).toBeGreaterThan(15);
  for (const expression of expressions) assertKnown(expression);
});

test('the alert rules name only metrics and labels that there are', async () => {
  const { groups } = parse(await readDoc('monitoring/alerts.yml'));
  const rules: { alert: string; expr: string; annotations: { summary: string } }[] = groups[0].rules;
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, expr, annotations } of rules) {
    assertKnown(expr);
    expect(annotations.summary, alert).not.toBe('');
  }
});

test('every alert has a paragraph that says what to do', async () => {
  const { groups } = parse(await readDoc('monitoring/alerts.yml'));
  const troubleshooting = await readDoc('troubleshooting.md');
  for (const { alert } of groups[0].rules) expect(troubleshooting).toContain(`\n### ${alert}\n`);
});

test('the reference lists every metric', async () => {
  // What Node and the process have of their own differs between systems.
  const own = described.filter(({ name }) => !/^(nodejs|process)_/.test(name));
  const rows = own.map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help} |`,
  );
  const markdown = `# Metrics

What \`GET /metrics\` of the admin port tells, in Prometheus' text format. Names and labels of HTTP metrics are those of
OpenTelemetry's conventions; those of the process and of Node (memory, event loop, garbage collection) are those of
prom-client. No label's value can be chosen freely by a client. \`docs/monitoring/\` has a Grafana dashboard and alert
rules. This file is written by its test: \`npx vitest run test/docs -u\`.

| metric | type | labels | what it is |
|---|---|---|---|
${rows.toSorted().join('\n')}
`;
  await expect(markdown).toMatchFileSnapshot('../../docs/reference/metrics.md');
});

function readDoc(path: string): Promise<string> {
  return readFile(new URL(`../../docs/${path}`, import.meta.url), 'utf8');
}

/** Every metric that a PromQL expression names is there, with every label that it is asked by. */
function assertKnown(expression: string): void {
  const names = expression.match(/\b(?:fdw_graphql|http_server|nodejs|process)_\w+/g) ?? [];
  expect(names.length, expression).toBeGreaterThan(0);
  for (const name of names) expect([...known], expression).toContain(name);
  const labels = new Set(['instance', 'le', ...described.flatMap((metric) => metric.labels)]);
  for (const [, list = ''] of expression.matchAll(/\bby \(([^)]*)\)/g)) {
    for (const label of list.split(',')) expect([...labels], expression).toContain(label.trim());
  }
}

function seriesOf({ name, type }: DescribedMetric): string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}
