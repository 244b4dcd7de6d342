/**
 * The engine as a server of the Model Context Protocol, for the agents that it runs: tools in the
 * name of the attempt whose token they hold, and the plan to read. It does nothing that is not a
 * command or a question of the protocol.
 */
package dev.hivedeck.engine.api.mcp;
