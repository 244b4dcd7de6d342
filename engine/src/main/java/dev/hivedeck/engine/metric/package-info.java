/**
 * Numbers over time: counters, gauges and native histograms, recorded in memory at no cost worth
 * naming, kept in the engine's database at three resolutions, and read with the meaning that
 * Prometheus 3 gives to its range functions. It knows nothing of objectives or alerts.
 */
package dev.hivedeck.engine.metric;
