/**
 * What every kind of agent has in common: what a driver is asked to run, what it tells, how it
 * ends, and the prompt. A driver reports; it never judges whether the work counts, never decides
 * what comes next, and never writes to the store.
 */
package dev.hivedeck.engine.agent;
