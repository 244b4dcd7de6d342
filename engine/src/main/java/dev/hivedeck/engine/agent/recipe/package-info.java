/**
 * Scripted agents: recipes read from YAML and followed step by step, without a network. They serve
 * the demo and the tests, and count as agents like any other.
 */
package dev.hivedeck.engine.agent.recipe;
