/**
 * The engine's own metrics and traces, sent to others by OTLP with the exporters of OpenTelemetry's
 * SDK. It is loaded when somebody wants them sent; what it cannot send waits, up to a limit, and
 * never holds up the engine.
 */
package dev.hivedeck.engine.metric.export;
