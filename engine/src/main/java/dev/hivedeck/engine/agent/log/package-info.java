/**
 * The activity log of each attempt: written line by line, read by range. It keeps what was told,
 * and never interprets it.
 */
package dev.hivedeck.engine.agent.log;
