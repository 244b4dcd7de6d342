/**
 * Objectives in the formats of others: OpenSLO v1 in and out, Sloth's objectives in, and Prometheus
 * rules in Sloth's shape with their unit tests out. What a format cannot say is refused by name,
 * never dropped.
 */
package dev.hivedeck.engine.slo.exchange;
