/**
 * Series asked for by PromQL, in the shapes of Prometheus' own HTTP API. It reads, and keeps
 * nothing between two questions.
 */
package dev.hivedeck.engine.metric.query;
