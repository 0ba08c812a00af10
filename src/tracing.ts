import {
  type Attributes,
  context,
  ProxyTracerProvider,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Ready } from './columns/ready.ts';
import { GatewayError } from './errors.ts';

/*
 * Spans for an OpenTelemetry SDK that the process has registered. Without one, work simply runs: without spans, attributes
 * or context.
 */

/** The name and attributes of a span. */
export interface SpanOptions {
  readonly name: string;
  readonly kind?: 'internal' | 'server' | 'client';
  readonly attributes?: Attributes;
}

/** What a span shows of a request. */
interface TracedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Runs work in a span of its own, which records a failure. */
export function inSpan<T>(options: SpanOptions, work: (span: Span | undefined) => Promise<T>): Promise<T>;
export function inSpan<T>(options: SpanOptions, work: (span: Span | undefined) => Ready<T>): Ready<T>;
export function inSpan<T>(options: SpanOptions, work: (span: Span | undefined) => Ready<T>): Ready<T> {
  const tracer = activeTracer();
  return tracer ? run(tracer, options, work) : work(undefined);
}

/**
 * The same for a request, continuing the trace in its headers. The name follows OpenTelemetry's conventions:
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function inRequestSpan<T>(
  { method, headers }: TracedRequest,
  route: string,
  work: (span: Span | undefined) => Ready<T>,
): Ready<T> {
  const tracer = activeTracer();
  if (!tracer) return work(undefined);
  const continued = propagation.extract(context.active(), headers);
  return context.with(continued, () => run(tracer, { name: `${method} ${route}`, kind: 'server' }, work));
}

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

function spanOptions({ kind = 'internal', attributes = {} }: SpanOptions) {
  return { kind: kinds[kind], attributes };
}

function markFailed(span: Span, error: unknown): void {
  // Only the code, because a message may contain what a caller sent.
  const code = error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.setAttribute('error.type', code);
}

function run<T>(
  tracer: Tracer,
  options: SpanOptions,
  work: (span: Span | undefined) => Ready<T>,
): Promise<T> {
  return tracer.startActiveSpan(options.name, spanOptions(options), async (span) => {
    try {
      return await work(span);
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Undefined if no SDK is registered. */
function activeTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider
    ? provider.getDelegateTracer('fdw-graphql')
    : provider.getTracer('fdw-graphql');
}
