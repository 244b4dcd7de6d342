/**
 * Alerts: pending, firing and resolved exactly as in Prometheus 3, from burn rates and from rules;
 * and who hears of them: silences, inhibition, groups, escalation. All of it is a function of what
 * was, what is seen and what time it is; keeping and sending are others' work.
 */
package dev.hivedeck.engine.slo.alert;
