/**
 * Keeps objectives under watch: samples what is measured, counts events for each objective,
 * evaluates budgets and alerts every ten seconds, and keeps all of it in one transaction a time, so
 * that after a crash everything is as it was told last.
 */
package dev.hivedeck.engine.slo.watch;
