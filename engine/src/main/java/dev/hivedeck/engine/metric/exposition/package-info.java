/**
 * What is counted, shown as Prometheus reads it: by the writers of its own Java client. It reads
 * nothing and keeps nothing.
 */
package dev.hivedeck.engine.metric.exposition;
