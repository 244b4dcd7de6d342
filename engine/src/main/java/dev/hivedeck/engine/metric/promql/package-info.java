/**
 * The part of Prometheus' query language that objectives and alert rules need: selectors, ranges,
 * aggregations, binary operations and the functions over counters, gauges and histograms, with the
 * meaning that Prometheus 3 gives them. What is not supported is refused by name.
 */
package dev.hivedeck.engine.metric.promql;
