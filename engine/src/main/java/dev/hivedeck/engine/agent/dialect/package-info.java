/**
 * The JSON that each agent program prints, turned into events that mean the same for all of them.
 * Dialects only translate; they start nothing and decide nothing.
 */
package dev.hivedeck.engine.agent.dialect;
