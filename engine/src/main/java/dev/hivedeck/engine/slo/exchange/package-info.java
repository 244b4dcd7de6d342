/**
 * Objectives in the formats of others: OpenSLO v1 and Prometheus rules in Sloth's shape in and out,
 * with unit tests of the rules; Sloth's and Pyrra's objectives in. What a format cannot say is
 * refused by name, never dropped.
 */
package dev.hivedeck.engine.slo.exchange;
