import { readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { answerAdmin } from '../../src/admin/admin-routes.ts';
import { variablesOf } from '../../src/cli/flags/configuration.ts';
import { flagsOf, serveFlags } from '../../src/cli/flags/flags.ts';
import { commandsOf, mistakesOf } from './commands.ts';
import { codeBlocks, documents, root } from './markdown.ts';

/*
 * What the guides tell a cluster, a service manager or an image to do with the gateway is what it understands: its
 * flags, variables, ports and paths.
 */
const flags = Object.values(flagsOf).flatMap((each) => [...each]);
const variables = new Set(Object.values(serveFlags).flatMap(variablesOf));
const dockerfile = readFileSync(`${root}Dockerfile`, 'utf8');
const exposed = /^EXPOSE (.*)$/m.exec(dockerfile)?.[1]?.split(' ').map(Number) ?? [];
const volume = /^VOLUME (.*)$/m.exec(dockerfile)?.[1] ?? '';
const shutdownGraceSeconds = Number(serveFlags.shutdownGrace.defaultValue) / 1_000;

const guide = (name: string) => `docs/deploy/${name}.md`;

function blockOf(document: string, language: string): string {
  const block = codeBlocks(document).find((each) => each.language === language);
  return block?.text ?? expect.fail(`${document} has no block of ${language}`);
}

/** What the admin port answers with while there is no catalog. */
async function adminStatusOf(path: string): Promise<number> {
  const ports = {
    gateway: () => undefined,
    metrics: { contentType: 'text/plain', render: async () => '' },
    onError: () => {},
  };
  return (await answerAdmin({ method: 'GET', url: path, headers: {} }, ports)).status;
}

test('every block of YAML is YAML', () => {
  const blocks = documents()
    .flatMap(codeBlocks)
    .filter(({ language }) => language === 'yaml');
  for (const { place, text } of blocks) expect(() => parse(text), place).not.toThrow();
  expect(blocks).not.toEqual([]);
});

describe('on Kubernetes', () => {
  const text = blockOf(guide('kubernetes'), 'yaml');
  const { spec } = parse(text);
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const portOf = (name: string) =>
    container.ports.find((port: { name: string }) => port.name === name)?.containerPort;

  test('the arguments are a command and flags of it', async () => {
    expect(await mistakesOf(container.args)).toEqual([]);
  });

  test('the secret has variables of flags', () => {
    const named = /envFrom:.*# (.*)$/m.exec(text)?.[1]?.split(', ') ?? [];
    expect(named).toContain('DATABASE_URL');
    expect(named.filter((name) => !variables.has(name))).toEqual([]);
  });

  test('the ports are those of the image', () => {
    expect(container.ports.map((port: { containerPort: number }) => port.containerPort)).toEqual(exposed);
    expect(Number(spec.template.metadata.annotations['prometheus.io/port'])).toBe(portOf('admin'));
  });

  test.each(['livenessProbe', 'readinessProbe', 'startupProbe'])(
    '%s asks what the admin port answers',
    async (probe) => {
      const { path, port } = container[probe].httpGet;
      expect(portOf(port)).toBe(exposed[1]);
      expect(await adminStatusOf(path)).toBe(probe === 'readinessProbe' ? 503 : 200);
    },
  );

  test('the volumes that are mounted are there, one of them where the image has its snapshots', () => {
    const names = pod.volumes.map(({ name }: { name: string }) => name);
    const mounts: { name: string; mountPath: string }[] = container.volumeMounts;
    expect(mounts.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect(mounts.map(({ mountPath }) => mountPath)).toContain(volume);
  });

  test('the labels match, and a pod has the time to stop that it takes', () => {
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(shutdownGraceSeconds);
  });
});

describe('under systemd', () => {
  const unit = blockOf(guide('systemd'), 'ini');
  const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

  test('the program is the package’s own, with flags that it has, and no other process in front of it', async () => {
    const [node, program, ...args] = setting('ExecStart').split(' ');
    const { bin, name } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
    expect(node).toMatch(/\/node$/);
    expect(program).toBe(join('node_modules', name, bin['fdw-graphql']));
    expect(await mistakesOf(args)).toEqual([]);
  });

  test('its variables are those of flags, and its snapshots are in its own folder', () => {
    const set = new Map(
      setting('Environment')
        .split(' ')
        .map((each) => {
          const [name = '', value = ''] = each.split('=', 2);
          return [name, value] as const;
        }),
    );
    expect([...set.keys()].filter((name) => name !== 'NODE_ENV' && !variables.has(name))).toEqual([]);
    expect(set.get('SNAPSHOT_DIR')).toBe(`/var/lib/${setting('StateDirectory')}`);
  });

  test('it may take as long to stop as the gateway does', () => {
    expect(Number(setting('TimeoutStopSec'))).toBeGreaterThan(shutdownGraceSeconds);
  });
});

test('in Docker, the ports are those of the image and the variables those of flags', () => {
  const [, command = ''] = commandsOf(blockOf(guide('docker'), 'sh'));
  const ports = Array.from(command.matchAll(/ -p \S*?(\d+):(\d+)/g), ([, , inside]) => Number(inside));
  expect(ports).toEqual(exposed);
  const named = Array.from(command.matchAll(/ -e ([A-Z_]+)=/g), ([, name = '']) => name);
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !variables.has(name))).toEqual([]);
  expect(command).toContain(`:${volume} `);
});

describe('the guides name', () => {
  const guides = documents().filter((document) => document.startsWith('docs/deploy/'));
  const inlineCode = (document: string) =>
    Array.from(readFileSync(`${root}${document}`, 'utf8').matchAll(/`([^`\n]+)`/g), ([, code = '']) => code);

  test.each(guides)('only flags and variables that there are: %s', (document) => {
    const known = new Set<string>(flags.map(({ long }) => long ?? ''));
    // Docker's own.
    known.add('--stop-timeout');
    const code = inlineCode(document);
    const namedFlags = code.flatMap((each) => each.match(/^--[a-z-]+/) ?? []);
    expect(namedFlags.filter((flag) => !known.has(flag))).toEqual([]);
    const namedVariables = code.flatMap((each) => each.match(/^[A-Z]+(?:_[A-Z]+)+(?==|$)/) ?? []);
    expect(namedVariables.filter((name) => !variables.has(name))).toEqual([]);
  });
});
