/**
 * The Agent Client Protocol: one conversation with an agent that speaks it. It translates, as every
 * dialect does, and answers what the protocol asks of its client.
 */
package dev.hivedeck.engine.agent.dialect.acp;
