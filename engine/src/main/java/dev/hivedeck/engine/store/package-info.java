/**
 * Durable state: one SQLite file per workspace, one writer that commits many writes at once, events
 * in the same transaction as the state they tell of, readers that see a snapshot. It knows nothing
 * of tasks or changes; the packages above bring their own statements.
 */
package dev.hivedeck.engine.store;
