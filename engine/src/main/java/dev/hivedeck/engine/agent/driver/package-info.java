/**
 * Drivers: they run one kind of agent each, from its start to the end of all its processes. They
 * know how an agent is spoken to, never which task it should get.
 */
package dev.hivedeck.engine.agent.driver;
