/**
 * Prometheus' rule files, read and evaluated as Prometheus does: groups of recording and alerting
 * rules over PromQL. Burn-rate alerts of Hivedeck's own objectives do not go through here; what a
 * team has written for Prometheus, and what is exported for it, does.
 */
package dev.hivedeck.engine.slo.rule;
