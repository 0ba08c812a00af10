import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type DescribedMetric, Metrics } from '../../src/metrics/metrics.ts';

const described = await new Metrics().describe();
const known = new Set(described.flatMap(seriesOf));

test('the dashboard uses only metrics and labels that exist', async () => {
  const { panels } = JSON.parse(await readDoc('monitoring/grafana-dashboard.json'));
  const expressions = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  );
  expect(expressions.length).toBeGreaterThan(15);
  for (const expression of expressions) assertKnown(expression);
});

test('the alert rules use only metrics and labels that exist', async () => {
  const { groups } = parse(await readDoc('monitoring/alerts.yml'));
  const rules: { alert: string; expr: string; annotations: { summary: string } }[] = groups[0].rules;
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, expr, annotations } of rules) {
    assertKnown(expr);
    expect(annotations.summary, alert).not.toBe('');
  }
});

test('every alert has a paragraph in the troubleshooting guide', async () => {
  const { groups } = parse(await readDoc('monitoring/alerts.yml'));
  const troubleshooting = await readDoc('troubleshooting.md');
  for (const { alert } of groups[0].rules) expect(troubleshooting).toContain(`\n### ${alert}\n`);
});

test('the reference lists every metric', async () => {
  // The metrics of Node and the process differ between systems.
  const own = described.filter(({ name }) => !/^(nodejs|process)_/.test(name));
  const rows = own.map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help} |`,
  );
  const markdown = `# Metrics

The metrics of \`GET /metrics\` on the admin port, in Prometheus' text format. HTTP metrics are named by OpenTelemetry's
conventions; metrics of the process and of Node (memory, event loop, garbage collection) are those of prom-client. Clients
cannot choose the value of any label. \`docs/monitoring/\` has a Grafana dashboard and alert
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

/** Every metric in a PromQL expression exists, with all of its labels. */
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
