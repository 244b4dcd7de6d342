/** Judges from what is known of a change what stands in its way, and whose turn it is. */
@NullMarked
package dev.hivedeck.engine.change.health;

import org.jspecify.annotations.NullMarked;
