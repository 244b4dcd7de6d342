/** Judges from what is known of a change what stands in its way, and whose turn it is. */
package dev.hivedeck.engine.change.health;
