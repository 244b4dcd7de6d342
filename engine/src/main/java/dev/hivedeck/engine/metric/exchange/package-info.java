/**
 * Samples in the formats of others, read: Prometheus' text and OpenMetrics as services show them,
 * OTLP as services push it, and Hivedeck's own short JSON. What is not understood is refused with
 * its place; nothing of a refused document is taken in.
 */
package dev.hivedeck.engine.metric.exchange;
