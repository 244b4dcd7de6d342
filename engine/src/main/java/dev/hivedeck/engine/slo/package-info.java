/**
 * Objectives, error budgets and burn rates, as chapters 2 and 5 of the <a
 * href="https://sre.google/workbook/alerting-on-slos/">Site Reliability Workbook</a> mean them. All
 * is counted: availability, budget and burn come from one pair of numbers, good and total events.
 * The classes here are pure; what is to be done about a spent budget is proposed, never done here.
 */
package dev.hivedeck.engine.slo;
