import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { demoUsers } from '../src/emulator/population.ts';
import { inSpan } from '../src/tracing.ts';
import { cognitoServer, sevenColumns } from './support/definitions.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';

const exporter = new InMemorySpanExporter();
let gateway: TestGateway;

beforeAll(async () => {
  // Nothing is traced before an SDK is registered.
  expect(await inSpan({ name: 'nothing' }, async (span) => span)).toBeUndefined();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  gateway = await startGateway(`${cognitoServer} ${sevenColumns}`, demoUsers(130));
});

afterAll(async () => {
  await gateway?.close();
  trace.disable();
  context.disable();
  propagation.disable();
});

beforeEach(() => exporter.reset());

const named = (name: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name === name);

test("a request goes on with its client's trace, and has its steps, its scan and the scan's pages as spans", async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await gateway.query(
    'query Named { usersCollection(first: 1) { totalCount } }',
    {},
    {
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    },
  );
  const [request] = named('POST /graphql');
  expect(request?.spanContext().traceId).toBe(traceId);
  expect(request?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
  expect(request?.attributes).toMatchObject({
    'http.response.status_code': 200,
    'graphql.operation.type': 'query',
    'graphql.operation.name': 'Named',
  });
  for (const name of ['prepare', 'execute']) {
    expect(named(name)[0]?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  }
  expect(named('wait for snapshot')).toHaveLength(1);
  expect(named('scan')[0]?.attributes).toMatchObject({
    server: 'cognito_server',
    object: 'users',
    rows: 130,
  });
  expect(named('ListUsers')).toHaveLength(3);
});

test('what fails is marked by its code, and no span contains what a caller sent', async () => {
  await gateway.query('query ($name: String!) { usersByPk(username: $name) { nonsense } }', {
    name: 'very-private',
  });
  expect(named('POST /graphql')[0]?.attributes).toMatchObject({ 'error.type': 'GRAPHQL_VALIDATION_FAILED' });
  const spans = exporter
    .getFinishedSpans()
    .map(({ name, attributes, status }) => ({ name, attributes, status }));
  expect(JSON.stringify(spans)).not.toContain('very-private');
});
