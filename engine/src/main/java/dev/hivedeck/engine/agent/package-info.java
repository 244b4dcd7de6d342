/**
 * How kinds of agents are run and read: drivers, their live activity, the prompt they get, the log
 * they leave. A driver reports and ends; whether the work counts is for gates to say.
 */
package dev.hivedeck.engine.agent;
