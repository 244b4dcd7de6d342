/**
 * Codex, as a program that prints events and as an app server. It translates, as every dialect
 * does.
 */
package dev.hivedeck.engine.agent.dialect.codex;
