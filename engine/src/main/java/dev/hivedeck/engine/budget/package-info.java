/**
 * What was spent, and how much is left of each budget. It says that a budget is used up; stopping
 * the agent is the work of {@code execution}.
 */
package dev.hivedeck.engine.budget;
