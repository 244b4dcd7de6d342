/**
 * Metrics taken from elsewhere, again and again: services that show theirs, Prometheus servers, and
 * checks from outside. Whatever answers is read as hostile input: its size, its time and its number
 * of series are bounded. It keeps nothing; samples are handed on.
 */
package dev.hivedeck.engine.metric.collect;
