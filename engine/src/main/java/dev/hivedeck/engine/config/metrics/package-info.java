/**
 * What {@code hive.yaml} says of metrics: where they are taken from, what is checked, whom they are
 * sent to. It reads and refuses; it asks nobody for anything.
 */
package dev.hivedeck.engine.config.metrics;
