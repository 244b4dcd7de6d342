/**
 * How kinds of agents are run and read: drivers, what they tell while they work, the prompt they
 * get, the log they leave. A driver reports and ends, and leaves no process behind; it never judges
 * whether the work counts (gates do), never says what comes next (the schedule does), and never
 * writes to the store.
 */
package dev.hivedeck.engine.agent;
