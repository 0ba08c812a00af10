import { afterAll, beforeAll, expect, test } from 'vitest';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const user = (name: string, values: Readonly<Record<string, string>>) => ({
  Username: name,
  Attributes: Object.entries(values).map(([key, value]) => ({ Name: `custom:${key}`, Value: value })),
});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(
    `${cognitoServer}
     create foreign table sums (
       username text, small int4 options (attribute 'custom:small'), big int8 options (attribute 'custom:big'),
       exact numeric options (attribute 'custom:exact'), rounded numeric(22,1) options (attribute 'custom:exact'),
       start varchar(3) options (attribute 'custom:big'), score float8 options (attribute 'custom:score')
     ) server cognito_server options (object 'users');
     comment on foreign table sums is '@graphql({"aggregate": {"enabled": true}})';`,
    [
      user('ann', { small: '2', big: '9223372036854775807', exact: '-45954730597688541206', score: '1e300' }),
      user('bea', { small: '3', big: '9223372036854775807', exact: '0.10', score: '0.5' }),
      user('cai', { exact: 'NaN', score: 'Infinity' }),
    ],
  );
});
afterAll(() => gateway.close());

/** The answer's text, the same however often it is asked for. */
async function textOf(query: string): Promise<string> {
  const texts = new Set<string>();
  for (let time = 0; time < 4; time++) {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    texts.add(await response.text());
  }
  expect(texts.size).toBe(1);
  return [...texts][0] ?? '';
}

test('aggregates are JSON numbers with all of their digits', async () => {
  const aggregate =
    'aggregate { count sum { small big exact } avg { small big exact } max { big } min { exact } }';
  const text = await textOf(
    `{ sumsCollection(filter: { username: { in: ["ann", "bea"] } }) { ${aggregate} } }`,
  );
  expect(text).toBe(
    '{"data":{"sumsCollection":{"aggregate":{"count":2,' +
      '"sum":{"small":5,"big":18446744073709551614,"exact":-45954730597688541205.90},' +
      '"avg":{"small":2.5000000000000000,"big":9223372036854775807,"exact":-22977365298844270602.95},' +
      '"max":{"big":9223372036854775807},"min":{"exact":-45954730597688541206}}}}}',
  );
});

test('numerics that are not numbers are strings, as in pg_graphql', async () => {
  const text = await textOf('{ sumsCollection { aggregate { sum { exact } max { exact } avg { exact } } } }');
  expect(JSON.parse(text)).toEqual({
    data: {
      sumsCollection: { aggregate: { sum: { exact: 'NaN' }, max: { exact: 'NaN' }, avg: { exact: 'NaN' } } },
    },
  });
});

test('a float that JSON has no number for is an error of its own field', async () => {
  const rows = 'edges { node { username score } }';
  const { data, errors } = JSON.parse(
    await textOf(`{ sumsCollection { ${rows} aggregate { sum { score small } min { score } } } }`),
  );
  expect(data.sumsCollection.edges.at(-1)).toEqual({ node: { username: 'cai', score: null } });
  expect(data.sumsCollection.aggregate).toEqual({ sum: { score: null, small: 5 }, min: { score: 0.5 } });
  expect(errors).toMatchObject([
    {
      message: 'column score: JSON has no number for Infinity',
      path: ['sumsCollection', 'edges', 2, 'node', 'score'],
      extensions: { code: 'ROW_VALUE_INVALID' },
    },
    {
      message: 'column score: sum: JSON has no number for Infinity',
      path: ['sumsCollection', 'aggregate', 'sum', 'score'],
      extensions: { code: 'ROW_VALUE_INVALID' },
    },
  ]);
  expect(gateway.observations.filter(({ event }) => event === 'internal-error')).toEqual([]);
});

test('values are cast to their declared types', async () => {
  const text = await textOf(`{
    sumsCollection(filter: { rounded: { lt: "0.14" }, start: { in: ["922", "9223"] } }) {
      edges { node { username rounded start } }
    }
  }`);
  const { data } = JSON.parse(text);
  expect(data.sumsCollection.edges.map(({ node }: { node: object }) => node)).toEqual([
    { username: 'ann', rounded: '-45954730597688541206.0', start: '922' },
    { username: 'bea', rounded: '0.1', start: '922' },
  ]);
});
