/**
 * How far a person has read changes: which hunks they have seen, in what order files are best read,
 * how long that takes them, and what an agent is told of what they say about lines. It never
 * decides over a change.
 */
@NullMarked
package dev.hivedeck.engine.change.reading;

import org.jspecify.annotations.NullMarked;
