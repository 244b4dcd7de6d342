/**
 * Which agent gets a task that several could do, from what is known of each: its record, its
 * health, its share of the paths. It chooses among the agents that are offered, and starts none.
 */
package dev.hivedeck.engine.selection;
