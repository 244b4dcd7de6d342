/**
 * The past of an objective, reckoned from its counts alone: how its budget and burn went, when the
 * share of bad events rose, and which merge came just before. It reads no store and knows no clock.
 */
package dev.hivedeck.engine.slo.history;
