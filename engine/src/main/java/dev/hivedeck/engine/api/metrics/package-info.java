/**
 * The engine's metrics for others: shown at {@code /metrics}, and asked for as a Prometheus server
 * is. It answers in their formats, and decides nothing.
 */
package dev.hivedeck.engine.api.metrics;
